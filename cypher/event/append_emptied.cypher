// name:   event.append_emptied
// does:   links EMPTIED from Event to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Event {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:EMPTIED]->(target)
SET link = row.properties

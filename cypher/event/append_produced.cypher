// name:   event.append_produced
// does:   links PRODUCED from Traceable to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:PRODUCED]->(target)
SET link = row.properties

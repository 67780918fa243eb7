// name:   event.append_sent_back
// does:   links SENT_BACK from Traceable to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:SENT_BACK]->(target)
SET link = row.properties

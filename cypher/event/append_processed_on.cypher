// name:   event.append_processed_on
// does:   links PROCESSED_ON from Traceable to Equipment, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Equipment {uid: row.target})
CREATE (source)-[link:PROCESSED_ON]->(target)
SET link = row.properties

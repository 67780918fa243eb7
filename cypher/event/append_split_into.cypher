// name:   event.append_split_into
// does:   links SPLIT_INTO from Traceable to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:SPLIT_INTO]->(target)
SET link = row.properties

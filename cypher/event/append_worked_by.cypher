// name:   event.append_worked_by
// does:   links WORKED_BY from Traceable to Operator, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Operator {uid: row.target})
CREATE (source)-[link:WORKED_BY]->(target)
SET link = row.properties

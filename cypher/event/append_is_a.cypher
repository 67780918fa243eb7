// name:   event.append_is_a
// does:   links IS_A from Traceable to Product, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Product {uid: row.target})
CREATE (source)-[link:IS_A]->(target)
SET link = row.properties

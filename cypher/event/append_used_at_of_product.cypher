// name:   event.append_used_at_of_product
// does:   links USED_AT from Product to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Product {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:USED_AT]->(target)
SET link = row.properties

// name:   event.append_unpacked_from_of_product
// does:   links UNPACKED_FROM from Product to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Product {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:UNPACKED_FROM]->(target)
SET link = row.properties

// name:   event.append_allocated_to_of_product
// does:   links ALLOCATED_TO from Product to Order, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Product {uid: row.source})
MATCH (target:Order {uid: row.target})
CREATE (source)-[link:ALLOCATED_TO]->(target)
SET link = row.properties

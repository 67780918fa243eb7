// name:   event.append_stocked_at_of_product
// does:   links STOCKED_AT from Product to Location, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Product {uid: row.source})
MATCH (target:Location {uid: row.target})
CREATE (source)-[link:STOCKED_AT]->(target)
SET link = row.properties

// name:   event.append_produced_to_product
// does:   links PRODUCED from Traceable to Product, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Product {uid: row.target})
CREATE (source)-[link:PRODUCED]->(target)
SET link = row.properties

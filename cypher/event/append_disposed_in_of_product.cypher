// name:   event.append_disposed_in_of_product
// does:   links DISPOSED_IN from Product to Disposal, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Product {uid: row.source})
MATCH (target:Disposal {uid: row.target})
CREATE (source)-[link:DISPOSED_IN]->(target)
SET link = row.properties

// name:   event.put_product
// does:   brings known nodes of Product to a newer projection
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties; a null takes a property away
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (node:Product {uid: row.uid})
SET node += row.properties

// name:   sealed.put_delivery
// does:   ciphertexts under a newer key onto records of Delivery; what was written meanwhile stays
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, version that was read, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (delivery:Delivery {uid: row.uid})
SET delivery.oldest_key = delivery.oldest_key
WITH delivery, row
WHERE delivery.version = row.version
SET delivery += row.properties

// name:   sealed.put_disposal
// does:   ciphertexts under a newer key onto records of Disposal; nothing else of them changes
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (disposal:Disposal {uid: row.uid})
SET disposal += row.properties

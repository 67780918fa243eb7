// name:   sealed.put_traceable
// does:   ciphertexts under a newer key onto records of Traceable; nothing else of them changes
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (node:Traceable {uid: row.uid})
SET node += row.properties

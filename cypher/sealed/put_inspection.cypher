// name:   sealed.put_inspection
// does:   ciphertexts under a newer key onto records of Inspection; nothing else of them changes
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (inspection:Inspection {uid: row.uid})
SET inspection += row.properties

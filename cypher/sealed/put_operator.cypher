// name:   sealed.put_operator
// does:   ciphertexts under a newer key onto records of Operator; nothing else of them changes
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (operator:Operator {uid: row.uid})
SET operator += row.properties

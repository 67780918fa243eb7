// name:   sealed.put_operator
// does:   stored values of nodes of Operator under another key, or in another form, with what proves them
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (operator:Operator {uid: row.uid})
SET operator += row.properties

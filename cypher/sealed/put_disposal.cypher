// name:   sealed.put_disposal
// does:   stored values of nodes of Disposal under another key, or in another form, with what proves them
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (disposal:Disposal {uid: row.uid})
SET disposal += row.properties

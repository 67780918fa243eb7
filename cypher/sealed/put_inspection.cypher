// name:   sealed.put_inspection
// does:   stored values of nodes of Inspection under another key, or in another form, with what proves them
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (inspection:Inspection {uid: row.uid})
SET inspection += row.properties

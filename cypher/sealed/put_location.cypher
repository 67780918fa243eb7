// name:   sealed.put_location
// does:   stored values of nodes of Location under another key, or in another form, with what proves them
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (node:Location {uid: row.uid})
SET node += row.properties

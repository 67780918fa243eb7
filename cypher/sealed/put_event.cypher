// name:   sealed.put_event
// does:   ciphertexts under a newer key onto records of Event; nothing else of them changes
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (event:Event {uid: row.uid})
SET event += row.properties

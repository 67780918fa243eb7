// name:   event.put_events
// does:   fills in events whose declaration came before them, and notes when known ones became void
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties; a null takes a property away
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (event:Event {uid: row.uid})
SET event += row.properties

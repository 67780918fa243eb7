// name:   event.append_events
// does:   new events
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each event
// bounds: one node a row
UNWIND $rows AS row
CREATE (event:Event)
SET event = row

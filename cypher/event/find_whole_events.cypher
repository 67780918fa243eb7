// name:   event.find_whole_events
// does:   some events with all that stands on them, to be written again with a new MAC
// mode:   read
// rows:   set
// param:  uids         list<string>   uids of events
// column: properties   map            all properties
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (event:Event {uid: uid})
RETURN properties(event) AS properties

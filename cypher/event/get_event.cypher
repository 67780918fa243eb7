// name:   event.get_event
// does:   one event with its sealed payload
// mode:   read
// rows:   one
// param:  uid   string   of the event
// column: properties     map        all properties
// bounds: one index seek, one row
MATCH (event:Event {uid: $uid})
RETURN properties(event) AS properties

// name:   event.find_payloads
// does:   the sealed payloads of some events
// mode:   read
// rows:   set
// param:  uids   list<string>   uids of events
// column: uid          string    of the event
// column: event_time   string    stored time
// column: void         boolean   whether it was declared void
// column: payload      bytes?    sealed document
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (event:Event {uid: uid})
RETURN event.uid AS uid, event.event_time AS event_time, event.voided_seq IS NOT NULL AS void, event.payload AS payload

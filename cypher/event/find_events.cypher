// name:   event.find_events
// does:   which of some events are known, and what became of them
// mode:   read
// rows:   set
// param:  uids   list<string>   uids of events
// column: uid           string    of the event
// column: content_mac   string?   HMAC of its content digest; null while only a declaration of it is known
// column: void          boolean   whether it was declared void
// column: declares      boolean   whether it is nothing but a declaration of content
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (event:Event {uid: uid})
RETURN event.uid AS uid, event.content_mac AS content_mac, event.voided_seq IS NOT NULL AS void, coalesce(event.declares, false) AS declares

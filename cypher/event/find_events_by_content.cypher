// name:   event.find_events_by_content
// does:   the events of some contents, and the declarations that make such a content void
// mode:   read
// rows:   set
// param:  content_macs   list<string>   HMACs of content digests
// column: uid           string    of the event
// column: content_mac   string?   HMAC of its content digest; null while only a declaration of it is known
// column: void          boolean   whether it was declared void
// column: declares      boolean   whether it is nothing but a declaration of content
// bounds: one index seek a content
UNWIND $content_macs AS content_mac
MATCH (event:Event {content_mac: content_mac})
RETURN event.uid AS uid, event.content_mac AS content_mac, event.voided_seq IS NOT NULL AS void, coalesce(event.declares, false) AS declares

// name:   event.list_events_of_location
// does:   the events recorded of one Location and live at a head, the latest first
// mode:   read
// rows:   many
// param:  uid    string    of the node
// param:  head   integer   record sequence asked about
// column: uid            string     of the event
// column: type           string     EventType
// column: event_time     string     stored time
// column: event_offset   string     the sender's own, such as +08:00
// column: record_seq     integer    when it became known
// column: record_time    string     stored time
// column: source         string     name of the sending system
// column: voided_seq     integer?   when it was declared void
// column: voided_by      string?    uid of the event that declared it void
// column: acl            integer    acl number
// column: file_digest    string     SHA-256 of the first source
// column: position       string     place in it
// column: payload        bytes?     sealed document; null while only a declaration of it is known
// column: declaration    bytes?     sealed words of the error declaration
// column: act            string     describes, states or mentions
// bounds: one index seek, its RECORDED links
MATCH (node:Location {uid: $uid})<-[recorded:RECORDED]-(event:Event)
WHERE event.record_seq <= $head
  AND (event.voided_seq IS NULL OR event.voided_seq > $head)
RETURN event.uid AS uid,
       event.type AS type,
       event.event_time AS event_time,
       event.event_offset AS event_offset,
       event.record_seq AS record_seq,
       event.record_time AS record_time,
       event.source AS source,
       event.voided_seq AS voided_seq,
       event.voided_by AS voided_by,
       event.acl AS acl,
       event.file_digest AS file_digest,
       event.position AS position,
       event.payload AS payload,
       event.declaration AS declaration,
       recorded.act AS act
ORDER BY event_time DESC, uid DESC

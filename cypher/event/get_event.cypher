// name:   event.get_event
// does:   one event with its sealed payload
// mode:   read
// rows:   one
// param:  uid   string   of the event
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
// bounds: one index seek, one row
MATCH (event:Event {uid: $uid})
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
       event.declaration AS declaration

// name:   sealed.find_event
// does:   some records of Event whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (event:Event {oldest_key: $key})
USING INDEX SEEK event:Event(oldest_key)
WHERE NOT event.uid IN $passed
RETURN event.uid AS uid, 'Event' AS kind, properties(event) AS properties
LIMIT $row_limit

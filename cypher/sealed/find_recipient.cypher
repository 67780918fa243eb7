// name:   sealed.find_recipient
// does:   some records of Recipient whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (recipient:Recipient {oldest_key: $key})
USING INDEX SEEK recipient:Recipient(oldest_key)
WHERE NOT recipient.uid IN $passed
RETURN recipient.uid AS uid, 'Recipient' AS kind, properties(recipient) AS properties
LIMIT $row_limit

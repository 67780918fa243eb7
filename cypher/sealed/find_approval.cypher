// name:   sealed.find_approval
// does:   some records of Approval whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (approval:Approval {oldest_key: $key})
USING INDEX SEEK approval:Approval(oldest_key)
WHERE NOT approval.uid IN $passed
RETURN approval.uid AS uid, 'Approval' AS kind, properties(approval) AS properties
LIMIT $row_limit

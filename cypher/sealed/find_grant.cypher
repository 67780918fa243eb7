// name:   sealed.find_grant
// does:   some records of Grant whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (grant:Grant {oldest_key: $key})
USING INDEX SEEK grant:Grant(oldest_key)
WHERE NOT grant.uid IN $passed
RETURN grant.uid AS uid, 'Grant' AS kind, properties(grant) AS properties
LIMIT $row_limit

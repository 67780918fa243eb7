// name:   sealed.find_disposal
// does:   some records of Disposal whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (disposal:Disposal {oldest_key: $key})
USING INDEX SEEK disposal:Disposal(oldest_key)
WHERE NOT disposal.uid IN $passed
RETURN disposal.uid AS uid, disposal.kind AS kind, properties(disposal) AS properties
LIMIT $row_limit

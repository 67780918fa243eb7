// name:   sealed.find_equipment
// does:   some records of Equipment whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (node:Equipment {oldest_key: $key})
USING INDEX SEEK node:Equipment(oldest_key)
WHERE NOT node.uid IN $passed
RETURN node.uid AS uid, node.kind AS kind, properties(node) AS properties
LIMIT $row_limit

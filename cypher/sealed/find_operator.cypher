// name:   sealed.find_operator
// does:   some records of Operator whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (operator:Operator {oldest_key: $key})
USING INDEX SEEK operator:Operator(oldest_key)
WHERE NOT operator.uid IN $passed
RETURN operator.uid AS uid, operator.kind AS kind, properties(operator) AS properties
LIMIT $row_limit

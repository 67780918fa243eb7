// name:   sealed.find_product
// does:   some records of Product whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (node:Product {oldest_key: $key})
USING INDEX SEEK node:Product(oldest_key)
WHERE NOT node.uid IN $passed
RETURN node.uid AS uid, node.kind AS kind, properties(node) AS properties
LIMIT $row_limit

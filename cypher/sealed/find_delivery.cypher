// name:   sealed.find_delivery
// does:   some records of Delivery whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (delivery:Delivery {oldest_key: $key})
USING INDEX SEEK delivery:Delivery(oldest_key)
WHERE NOT delivery.uid IN $passed
RETURN delivery.uid AS uid, 'Delivery' AS kind, properties(delivery) AS properties
LIMIT $row_limit

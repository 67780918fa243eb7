// name:   sealed.find_inspection
// does:   some records of Inspection whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (inspection:Inspection {oldest_key: $key})
USING INDEX SEEK inspection:Inspection(oldest_key)
WHERE NOT inspection.uid IN $passed
RETURN inspection.uid AS uid, inspection.kind AS kind, properties(inspection) AS properties
LIMIT $row_limit

// name:   sealed.find_accessreview
// does:   some records of AccessReview whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (review:AccessReview {oldest_key: $key})
USING INDEX SEEK review:AccessReview(oldest_key)
WHERE NOT review.uid IN $passed
RETURN review.uid AS uid, 'AccessReview' AS kind, properties(review) AS properties
LIMIT $row_limit

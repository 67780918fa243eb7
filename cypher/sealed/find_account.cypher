// name:   sealed.find_account
// does:   some records of Account whose oldest ciphertext a key seals, with all that stands on them
// mode:   read
// rows:   set
// param:  key          string         id of the key
// param:  passed       list<string>   uids to pass over
// param:  row_limit    integer        rows wanted
// column: uid          string         of the record
// column: kind         string         what its ciphertexts are bound to
// column: properties   map            all properties
// bounds: one index seek, row_limit rows
MATCH (account:Account {oldest_key: $key})
USING INDEX SEEK account:Account(oldest_key)
WHERE NOT account.uid IN $passed
RETURN account.uid AS uid, 'Account' AS kind, properties(account) AS properties
LIMIT $row_limit

// name:   sealed.count_account
// does:   how many records of Account name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (account:Account {oldest_key: $key})
RETURN count(account) AS count

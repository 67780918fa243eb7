// name:   sealed.count_grant
// does:   how many records of Grant name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (grant:Grant {oldest_key: $key})
RETURN count(grant) AS count

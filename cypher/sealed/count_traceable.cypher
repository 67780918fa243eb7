// name:   sealed.count_traceable
// does:   how many records of Traceable name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (node:Traceable {oldest_key: $key})
RETURN count(node) AS count

// name:   sealed.count_disposal
// does:   how many records of Disposal name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (disposal:Disposal {oldest_key: $key})
RETURN count(disposal) AS count

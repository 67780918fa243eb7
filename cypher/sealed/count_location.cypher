// name:   sealed.count_location
// does:   how many records of Location name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (node:Location {oldest_key: $key})
RETURN count(node) AS count

// name:   sealed.count_equipment
// does:   how many records of Equipment name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (node:Equipment {oldest_key: $key})
RETURN count(node) AS count

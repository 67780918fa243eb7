// name:   sealed.count_operator
// does:   how many records of Operator name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (operator:Operator {oldest_key: $key})
RETURN count(operator) AS count

// name:   sealed.count_approval
// does:   how many records of Approval name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (approval:Approval {oldest_key: $key})
RETURN count(approval) AS count

// name:   sealed.count_delivery
// does:   how many records of Delivery name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (delivery:Delivery {oldest_key: $key})
RETURN count(delivery) AS count

// name:   sealed.count_recipient
// does:   how many records of Recipient name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (recipient:Recipient {oldest_key: $key})
RETURN count(recipient) AS count

// name:   sealed.count_event
// does:   how many records of Event name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (event:Event {oldest_key: $key})
RETURN count(event) AS count

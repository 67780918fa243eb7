// name:   sealed.count_inspection
// does:   how many records of Inspection name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (inspection:Inspection {oldest_key: $key})
RETURN count(inspection) AS count

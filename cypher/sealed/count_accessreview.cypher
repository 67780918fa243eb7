// name:   sealed.count_accessreview
// does:   how many records of AccessReview name a key as their oldest
// mode:   read
// rows:   one
// param:  key     string    id of the key
// column: count   integer   records
// bounds: one index seek, as many entries of it as there are records
MATCH (review:AccessReview {oldest_key: $key})
RETURN count(review) AS count

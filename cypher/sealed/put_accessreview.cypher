// name:   sealed.put_accessreview
// does:   ciphertexts under a newer key onto records of AccessReview; what was written meanwhile stays
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, version that was read, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (review:AccessReview {uid: row.uid})
SET review.oldest_key = review.oldest_key
WITH review, row
WHERE review.version = row.version
SET review += row.properties

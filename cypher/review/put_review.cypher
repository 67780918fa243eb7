// name:   review.put_review
// does:   one decision of a review, unless it was written since it was read
// mode:   write
// rows:   one
// param:  uid           string    16 hex digits
// param:  state         string    open or finished
// param:  finished_at   string?   stored time, UTC; null while it is open
// param:  document      bytes     every account with what was decided of it, and why, sealed
// param:  oldest_key    string    id of the key that seals it
// param:  version       integer   the one that was read; of another one nothing is written
// param:  mac           bytes     proves what the service wrote
// column: uid   string   the same; no row where nothing was written
// bounds: one index seek, at most one node, which is taken before its version is compared
MATCH (review:AccessReview {uid: $uid})
SET review.begun_at = review.begun_at
WITH review
WHERE review.version = $version
SET review.state = $state,
    review.finished_at = $finished_at,
    review.document = $document,
    review.oldest_key = $oldest_key,
    review.version = $version + 1,
    review.mac = $mac
RETURN review.uid AS uid

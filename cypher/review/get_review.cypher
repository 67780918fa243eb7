// name:   review.get_review
// does:   the review with this id
// mode:   read
// rows:   one
// param:  uid   string   16 hex digits
// column: uid           string    16 hex digits
// column: state         string    open or finished
// column: begun_by      string    account that began it
// column: begun_at      string    stored time, UTC
// column: due_at        string    when it ends at the latest; stored time, UTC
// column: finished_at   string?   stored time, UTC; null while it is open
// column: document      bytes     every account with what was decided of it, and why, sealed
// column: version       integer   how often it was written
// column: mac           bytes?    proves what the service wrote
// bounds: one index seek, at most one row
MATCH (review:AccessReview {uid: $uid})
RETURN review.uid AS uid,
       review.state AS state,
       review.begun_by AS begun_by,
       review.begun_at AS begun_at,
       review.due_at AS due_at,
       review.finished_at AS finished_at,
       review.document AS document,
       review.version AS version,
       review.mac AS mac

// name:   review.list_reviews
// does:   reviews in this state, the newest first
// mode:   read
// rows:   many
// param:  state       string    open or finished
// param:  row_limit   integer   rows wanted
// column: uid           string    16 hex digits
// column: state         string    open or finished
// column: begun_by      string    account that began it
// column: begun_at      string    stored time, UTC
// column: due_at        string    when it ends at the latest; stored time, UTC
// column: finished_at   string?   stored time, UTC; null while it is open
// column: document      bytes     every account with what was decided of it, and why, sealed
// column: version       integer   how often it was written
// column: mac           bytes?    proves what the service wrote
// bounds: one index seek, as many nodes as are in this state, row_limit rows
MATCH (review:AccessReview {state: $state})
USING INDEX SEEK review:AccessReview(state)
RETURN review.uid AS uid,
       review.state AS state,
       review.begun_by AS begun_by,
       review.begun_at AS begun_at,
       review.due_at AS due_at,
       review.finished_at AS finished_at,
       review.document AS document,
       review.version AS version,
       review.mac AS mac
ORDER BY begun_at DESC, uid
LIMIT $row_limit

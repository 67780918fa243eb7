// name:   review.append_review
// does:   begins a review of who may see what
// mode:   write
// rows:   none
// param:  uid           string    16 hex digits
// param:  state         string    open or finished
// param:  begun_by      string    account that began it
// param:  begun_at      string    stored time, UTC
// param:  due_at        string    when it ends at the latest; stored time, UTC
// param:  finished_at   string?   stored time, UTC; null while it is open
// param:  document      bytes     every account with what was decided of it, and why, sealed
// param:  version       integer   how often it was written
// param:  oldest_key    string    id of the key that seals it
// param:  mac           bytes     proves what the service wrote
// bounds: one node
CREATE (:AccessReview {
  uid: $uid,
  state: $state,
  begun_by: $begun_by,
  begun_at: $begun_at,
  due_at: $due_at,
  finished_at: $finished_at,
  document: $document,
  version: $version,
  oldest_key: $oldest_key,
  mac: $mac
})

// name:   session.append_session
// does:   begins a session
// mode:   write
// rows:   none
// param:  uid           string    16 hex digits, told in lists
// param:  secret_hash   string    SHA-256 (hex) of what the cookie holds; unique among sessions
// param:  account_uid   string    whose it is
// param:  binding       string    MAC over the session and the account's state
// param:  begun_at      string    stored time, UTC
// param:  seen_at       string    last use, coarse; stored time, UTC
// param:  ends_at       string    the latest end; stored time, UTC
// param:  address       string    network address of the last use that was noted
// param:  agent         string    what the browser calls itself
// param:  factor_due    boolean   whether the second factor is still waited for
// param:  factor_at     string?   when a second factor was shown; stored time, UTC
// param:  purpose       string?   as domain/purposes.Purpose
// param:  grant         string?   uid of a break-glass access that was begun in it
// param:  left_network  string    the network before this one, empty where it did not move
// param:  moved_at      string?   when it was left; stored time, UTC
// param:  signed_at     string?   when something was signed in it last; stored time, UTC
// param:  version       integer   how often it was written
// param:  factors       string    what proved the person, with commas between
// bounds: one node
CREATE (:Session {
  uid: $uid,
  secret_hash: $secret_hash,
  account_uid: $account_uid,
  binding: $binding,
  begun_at: $begun_at,
  seen_at: $seen_at,
  ends_at: $ends_at,
  address: $address,
  agent: $agent,
  factor_due: $factor_due,
  factor_at: $factor_at,
  purpose: $purpose,
  grant: $grant,
  left_network: $left_network,
  moved_at: $moved_at,
  signed_at: $signed_at,
  version: $version,
  factors: $factors
})

// name:   grant.append_grant
// does:   begins a break-glass access
// mode:   write
// rows:   none
// param:  uid          string    16 hex digits
// param:  account_uid  string    who broke the glass
// param:  role         string    as domain/rights.Role
// param:  tier         string    up to which values are opened
// param:  reason       bytes     why, sealed
// param:  begun_at     string    stored time, UTC
// param:  ends_at      string    stored time, UTC
// param:  state        string    open until it was reviewed, then reviewed
// param:  reviewed_by  string?   account of the reviewer
// param:  reviewed_at  string?   stored time, UTC
// param:  verdict      string?   justified | not_justified
// param:  note         bytes?    what the reviewer found, sealed
// param:  oldest_key   string    id of the oldest key that seals something of it
// param:  version      integer   how often it was written
// param:  mac          bytes     proves what the service wrote
// bounds: one node
CREATE (:Grant {
  uid: $uid,
  account_uid: $account_uid,
  role: $role,
  tier: $tier,
  reason: $reason,
  begun_at: $begun_at,
  ends_at: $ends_at,
  state: $state,
  reviewed_by: $reviewed_by,
  reviewed_at: $reviewed_at,
  verdict: $verdict,
  note: $note,
  oldest_key: $oldest_key,
  version: $version,
  mac: $mac
})

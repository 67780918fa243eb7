// name:   approval.append_approval
// does:   asks for an approval
// mode:   write
// rows:   none
// param:  uid           string    16 hex digits
// param:  operation     string    what shall happen, a name of the policy document
// param:  digest        string    SHA-256 (hex) of what shall happen, exactly
// param:  document      bytes     what the digest is of, sealed
// param:  words         bytes     why it was asked for, agreed to and ended, sealed
// param:  requester     string    who asked, as JSON
// param:  steps         string    who has to agree, as JSON
// param:  signatures    string    who agreed, to which digest and when, as JSON
// param:  requested_at  string    stored time, UTC
// param:  expires_at    string    stored time, UTC
// param:  state         string    as domain/approvals.ApprovalState
// param:  ended_by      string?   account that ended it
// param:  ended_at      string?   stored time, UTC
// param:  oldest_key    string    id of the oldest key that seals something of it
// param:  version       integer   how often it was written
// param:  mac           bytes     proves what the service wrote
// bounds: one node
CREATE (:Approval {
  uid: $uid,
  operation: $operation,
  digest: $digest,
  document: $document,
  words: $words,
  requester: $requester,
  steps: $steps,
  signatures: $signatures,
  requested_at: $requested_at,
  expires_at: $expires_at,
  state: $state,
  ended_by: $ended_by,
  ended_at: $ended_at,
  oldest_key: $oldest_key,
  version: $version,
  mac: $mac
})

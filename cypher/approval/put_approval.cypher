// name:   approval.put_approval
// does:   one move of an approval, unless it was written since it was read
// mode:   write
// rows:   one
// param:  uid           string    16 hex digits
// param:  words         bytes     why it was asked for, agreed to and ended, sealed
// param:  signatures    string    who agreed, to which digest and when, as JSON
// param:  state         string    as domain/approvals.ApprovalState
// param:  ended_by      string?   account that ended it
// param:  ended_at      string?   stored time, UTC
// param:  oldest_key    string    id of the oldest key that seals something of it
// param:  version       integer   the one that was read; of another one nothing is written
// param:  mac           bytes     proves what the service wrote
// column: uid   string   the same; no row where nothing was written
// bounds: one index seek, at most one node, which is taken before its version is compared
MATCH (approval:Approval {uid: $uid})
SET approval.requested_at = approval.requested_at
WITH approval
WHERE approval.version = $version
SET approval.words = $words,
    approval.signatures = $signatures,
    approval.state = $state,
    approval.ended_by = $ended_by,
    approval.ended_at = $ended_at,
    approval.oldest_key = $oldest_key,
    approval.version = $version + 1,
    approval.mac = $mac
RETURN approval.uid AS uid

// name:   approval.list_approvals
// does:   approvals in this state, the newest first
// mode:   read
// rows:   many
// param:  state       string    as domain/approvals.ApprovalState
// param:  row_limit   integer   rows wanted
// column: uid           string    16 hex digits
// column: operation     string    what shall happen, a name of the policy document
// column: digest        string    SHA-256 (hex) of what shall happen, exactly
// column: document      bytes     what the digest is of, sealed
// column: words         bytes     why it was asked for, agreed to and ended, sealed
// column: requester     string    who asked, as JSON
// column: steps         string    who has to agree, as JSON
// column: signatures    string    who agreed, to which digest and when, as JSON
// column: requested_at  string    stored time, UTC
// column: expires_at    string    stored time, UTC
// column: state         string    as domain/approvals.ApprovalState
// column: ended_by      string?   account that ended it
// column: ended_at      string?   stored time, UTC
// column: version       integer   how often it was written
// column: mac           bytes?    proves what the service wrote
// bounds: one index seek, as many nodes as are in this state, row_limit rows
MATCH (approval:Approval {state: $state})
USING INDEX SEEK approval:Approval(state)
RETURN approval.uid AS uid,
       approval.operation AS operation,
       approval.digest AS digest,
       approval.document AS document,
       approval.words AS words,
       approval.requester AS requester,
       approval.steps AS steps,
       approval.signatures AS signatures,
       approval.requested_at AS requested_at,
       approval.expires_at AS expires_at,
       approval.state AS state,
       approval.ended_by AS ended_by,
       approval.ended_at AS ended_at,
       approval.version AS version,
       approval.mac AS mac
ORDER BY requested_at DESC, uid
LIMIT $row_limit

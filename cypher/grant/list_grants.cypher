// name:   grant.list_grants
// does:   every break-glass access in this state, the oldest first
// mode:   read
// rows:   many
// param:  state      string    open | reviewed
// param:  row_limit  integer   rows wanted
// column: uid          string    16 hex digits
// column: account_uid  string    who broke the glass
// column: role         string    as domain/rights.Role
// column: tier         string    up to which values are opened
// column: reason       bytes     why, sealed
// column: begun_at     string    stored time, UTC
// column: ends_at      string    stored time, UTC
// column: state        string    open until it was reviewed, then reviewed
// column: reviewed_by  string?   account of the reviewer
// column: reviewed_at  string?   stored time, UTC
// column: verdict      string?   justified | not_justified
// column: note         bytes?    what the reviewer found, sealed
// column: version      integer   how often it was written
// column: mac          bytes?    proves what the service wrote
// bounds: one index seek, row_limit rows
MATCH (grant:Grant {state: $state})
RETURN grant.uid AS uid,
       grant.account_uid AS account_uid,
       grant.role AS role,
       grant.tier AS tier,
       grant.reason AS reason,
       grant.begun_at AS begun_at,
       grant.ends_at AS ends_at,
       grant.state AS state,
       grant.reviewed_by AS reviewed_by,
       grant.reviewed_at AS reviewed_at,
       grant.verdict AS verdict,
       grant.note AS note,
       grant.version AS version,
       grant.mac AS mac
ORDER BY begun_at, uid
LIMIT $row_limit

// name:   grant.put_grant
// does:   ends or reviews a break-glass access, unless it was written since it was read
// mode:   write
// rows:   one
// param:  uid          string    16 hex digits
// param:  ends_at      string    stored time, UTC
// param:  state        string    open until it was reviewed, then reviewed
// param:  reviewed_by  string?   account of the reviewer
// param:  reviewed_at  string?   stored time, UTC
// param:  verdict      string?   justified | not_justified
// param:  note         bytes?    what the reviewer found, sealed
// param:  oldest_key   string    id of the oldest key that seals something of it
// param:  version      integer   the one that was read; of another one nothing is written
// param:  mac          bytes     proves what the service wrote
// column: uid  string   the same; no row where nothing was written
// bounds: one index seek, at most one node, which is taken before its version is compared
MATCH (grant:Grant {uid: $uid})
SET grant.begun_at = grant.begun_at
WITH grant
WHERE grant.version = $version
SET grant.ends_at = $ends_at,
    grant.state = $state,
    grant.reviewed_by = $reviewed_by,
    grant.reviewed_at = $reviewed_at,
    grant.verdict = $verdict,
    grant.note = $note,
    grant.oldest_key = $oldest_key,
    grant.version = $version + 1,
    grant.mac = $mac
RETURN grant.uid AS uid

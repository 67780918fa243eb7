// name:   session.put_session
// does:   notes a use, a rotation or a change of a session, unless it was written or ended since it was read
// mode:   write
// rows:   one
// param:  uid           string    16 hex digits, told in lists
// param:  secret_hash   string    SHA-256 (hex) of what the cookie holds; unique among sessions
// param:  binding       string    MAC over the session and the account's state
// param:  seen_at       string    last use, coarse; stored time, UTC
// param:  ends_at       string    the latest end; stored time, UTC
// param:  address       string    network address of the last use that was noted
// param:  factor_due    boolean   whether the second factor is still waited for
// param:  factor_at     string?   when a second factor was shown; stored time, UTC
// param:  purpose       string?   as domain/purposes.Purpose
// param:  grant         string?   uid of a break-glass access that was begun in it
// param:  left_network  string    the network before this one, empty where it did not move
// param:  moved_at      string?   when it was left; stored time, UTC
// param:  signed_at     string?   when something was signed in it last; stored time, UTC
// param:  version       integer   the one that was read; of another one nothing is written
// param:  factors       string    what proved the person, with commas between
// column: uid  string   the same; no row where nothing was written
// bounds: one index seek, at most one node, which is taken before its version is compared
MATCH (session:Session {uid: $uid})
SET session.begun_at = session.begun_at
WITH session
WHERE session.version = $version
SET session.secret_hash = $secret_hash,
    session.binding = $binding,
    session.seen_at = $seen_at,
    session.ends_at = $ends_at,
    session.address = $address,
    session.factor_due = $factor_due,
    session.factor_at = $factor_at,
    session.purpose = $purpose,
    session.grant = $grant,
    session.left_network = $left_network,
    session.moved_at = $moved_at,
    session.signed_at = $signed_at,
    session.factors = $factors,
    session.version = $version + 1
RETURN session.uid AS uid

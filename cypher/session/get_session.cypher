// name:   session.get_session
// does:   the session of this cookie
// mode:   read
// rows:   one
// param:  secret_hash  string   SHA-256 (hex) of what the cookie holds
// column: uid           string    16 hex digits, told in lists
// column: secret_hash   string    SHA-256 (hex) of what the cookie holds; unique among sessions
// column: account_uid   string    whose it is
// column: binding       string    MAC over the session and the account's state
// column: begun_at      string    stored time, UTC
// column: seen_at       string    last use, coarse; stored time, UTC
// column: ends_at       string    the latest end; stored time, UTC
// column: address       string    network address of the last use that was noted
// column: agent         string    what the browser calls itself
// column: factor_due    boolean   whether the second factor is still waited for
// column: factor_at     string?   when a second factor was shown; stored time, UTC
// column: purpose       string?   as domain/purposes.Purpose
// column: grant         string?   uid of a break-glass access that was begun in it
// column: left_network  string    the network before this one, empty where it did not move
// column: moved_at      string?   when it was left; stored time, UTC
// column: signed_at     string?   when something was signed in it last; stored time, UTC
// column: version       integer   how often it was written
// column: factors       string?   what proved the person, with commas between; null of a session of before
// bounds: one index seek, at most one row
MATCH (session:Session {secret_hash: $secret_hash})
RETURN session.uid AS uid,
       session.secret_hash AS secret_hash,
       session.account_uid AS account_uid,
       session.binding AS binding,
       session.begun_at AS begun_at,
       session.seen_at AS seen_at,
       session.ends_at AS ends_at,
       session.address AS address,
       session.agent AS agent,
       session.factor_due AS factor_due,
       session.factor_at AS factor_at,
       session.purpose AS purpose,
       session.grant AS grant,
       session.left_network AS left_network,
       session.moved_at AS moved_at,
       session.signed_at AS signed_at,
       session.version AS version,
       session.factors AS factors

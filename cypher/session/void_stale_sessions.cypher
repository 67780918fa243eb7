// name:   session.void_stale_sessions
// does:   forgets the sessions of a person that are over
// mode:   write
// rows:   none
// param:  account_uid  string   whose
// param:  now          string   stored time, UTC
// param:  idle_since   string   stored time, UTC; not used since is over
// bounds: one index seek, a handful of nodes
MATCH (session:Session {account_uid: $account_uid})
WHERE session.ends_at <= $now OR session.seen_at < $idle_since
DELETE session

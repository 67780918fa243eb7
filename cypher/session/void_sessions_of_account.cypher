// name:   session.void_sessions_of_account
// does:   ends every session of a person but one
// mode:   write
// rows:   many
// param:  account_uid  string   whose
// param:  kept         string   uid of the one that stays; empty for none
// column: uid          string   of each that was ended
// bounds: one index seek, a handful of nodes
MATCH (session:Session {account_uid: $account_uid})
WHERE session.uid <> $kept
WITH session, session.uid AS uid
DELETE session
RETURN uid
ORDER BY uid

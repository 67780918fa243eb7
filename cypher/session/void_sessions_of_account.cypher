// name:   session.void_sessions_of_account
// does:   ends every session of a person but one
// mode:   write
// rows:   none
// param:  account_uid  string   whose
// param:  kept         string   uid of the one that stays; empty for none
// bounds: one index seek, a handful of nodes
MATCH (session:Session {account_uid: $account_uid})
WHERE session.uid <> $kept
DELETE session

// name:   session.void_session
// does:   ends one session
// mode:   write
// rows:   none
// param:  uid  string   16 hex digits; an unknown one changes nothing
// bounds: one index seek, at most one node
MATCH (session:Session {uid: $uid})
DELETE session

// name:   account.advance_session_epoch
// does:   ends every session that an account has at this moment
// mode:   write
// rows:   one
// param:  uid   string   32 hex digits; an unknown one changes nothing
// column: uid   string   the same; no row where there is no such account
// bounds: one index seek, at most one node
MATCH (account:Account {uid: $uid})
SET account.session_epoch = account.session_epoch + 1
RETURN account.uid AS uid

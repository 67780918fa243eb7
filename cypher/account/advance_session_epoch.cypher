// name:   account.advance_session_epoch
// does:   ends every session that an account has at this moment
// mode:   write
// rows:   none
// param:  uid   string   32 hex digits; an unknown one changes nothing
// bounds: one index seek, at most one node
MATCH (account:Account {uid: $uid})
SET account.session_epoch = account.session_epoch + 1

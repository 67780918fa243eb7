// name:   account.lock_account
// does:   takes an account for this transaction, so that who changes it reads what the last one wrote
// mode:   write
// rows:   none
// param:  uid   string    32 hex digits; an unknown one takes nothing
// bounds: one index seek, at most one node
MATCH (account:Account {uid: $uid})
SET account.username = account.username

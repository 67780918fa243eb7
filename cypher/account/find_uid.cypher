// name:   account.find_uid
// does:   the uid of the account with this username, proven or not
// mode:   read
// rows:   one
// param:  username  string   as kept
// column: uid       string   32 hex digits
// bounds: one index seek, at most one row
MATCH (account:Account {username: $username})
RETURN account.uid AS uid

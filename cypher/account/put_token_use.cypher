// name:   account.put_token_use
// does:   notes when a bearer token was used last
// mode:   write
// rows:   none
// param:  uid      string   the public part of the token's text
// param:  used_at  string   stored time, UTC
// bounds: one index seek, at most one node
MATCH (token:Token {uid: $uid})
SET token.used_at = $used_at

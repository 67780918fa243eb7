// name:   account.void_token
// does:   takes a bearer token away
// mode:   write
// rows:   one
// param:  uid  string   the public part of the token's text
// column: uid  string   the same; no row where there was none
// bounds: one index seek, at most one node
MATCH (token:Token {uid: $uid})
WITH token, token.uid AS uid
DELETE token
RETURN uid

// name:   account.get_token
// does:   the bearer token with this hash
// mode:   read
// rows:   one
// param:  token_hash    string         SHA-256 (hex) of the secret part
// column: uid           string         the public part of the token's text
// column: token_hash    string         the same
// column: account_uid   string         the account that made it
// column: role          string         as domain/rights.Role
// column: sites         list<string>   site codes, or *
// column: lines         list<string>   product line codes, or *
// column: label         string         what it is for
// column: created_at    string         stored time, UTC
// column: expires_at    string         stored time, UTC
// column: revoked       boolean        whether it is refused before its end
// bounds: one index seek, at most one row
MATCH (token:Token {token_hash: $token_hash})
RETURN token.uid AS uid,
       token.token_hash AS token_hash,
       token.account_uid AS account_uid,
       token.role AS role,
       token.sites AS sites,
       token.lines AS lines,
       token.label AS label,
       token.created_at AS created_at,
       token.expires_at AS expires_at,
       token.revoked AS revoked

// name:   account.list_tokens_of_account
// does:   the bearer tokens of one account that have not expired
// mode:   read
// rows:   many
// param:  account_uid  string    whose
// param:  now          string    stored time, UTC
// column: uid          string          the public part of the token's text
// column: token_hash   string          SHA-256 (hex) of the secret part; unique among tokens
// column: account_uid  string          the account that it belongs to, or os: and a name of the operating system
// column: role         string          as domain/rights.Role
// column: sites        list<string>    site codes, or *
// column: lines        list<string>    product line codes, or *
// column: lots         list<string>?   uids that may be shown besides; null for none
// column: only         list<string>?   permissions that it was made for; null for all of the role
// column: purpose      string?         as domain/purposes.Purpose
// column: networks     list<string>?   addresses that it may come from, as CIDR; empty for any
// column: label        string          what it is for
// column: created_at   string          stored time, UTC
// column: expires_at   string          stored time, UTC
// column: revoked      boolean         whether it is refused before its end
// column: used_at      string?         last use, coarse; stored time, UTC
// column: mac           bytes?         proves what the service wrote
// bounds: one index seek, as many nodes as the account ever had tokens that are kept
MATCH (token:Token {account_uid: $account_uid})
USING INDEX SEEK token:Token(account_uid)
WHERE token.expires_at > $now
RETURN token.uid AS uid,
       token.token_hash AS token_hash,
       token.account_uid AS account_uid,
       token.role AS role,
       token.sites AS sites,
       token.lines AS lines,
       token.lots AS lots,
       token.only AS only,
       token.purpose AS purpose,
       token.networks AS networks,
       token.label AS label,
       token.created_at AS created_at,
       token.expires_at AS expires_at,
       token.revoked AS revoked,
       token.used_at AS used_at,
       token.mac AS mac
ORDER BY created_at, uid

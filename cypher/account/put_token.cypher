// name:   account.put_token
// does:   makes a bearer token, or overwrites the one with this uid; its last use stays as it is
// mode:   write
// rows:   none
// param:  uid          string          the public part of the token's text
// param:  token_hash   string          SHA-256 (hex) of the secret part; unique among tokens
// param:  account_uid  string          the account that it belongs to, or os: and a name of the operating system
// param:  role         string          as domain/rights.Role
// param:  sites        list<string>    site codes, or *
// param:  lines        list<string>    product line codes, or *
// param:  lots         list<string>    uids that may be shown besides
// param:  only         list<string>?   permissions that it was made for; null for all of the role
// param:  purpose      string?         as domain/purposes.Purpose
// param:  networks     list<string>?   addresses that it may come from, as CIDR; empty for any
// param:  label        string          what it is for
// param:  created_at   string          stored time, UTC
// param:  expires_at   string          stored time, UTC
// param:  revoked      boolean         whether it is refused before its end
// param:  mac           bytes          proves what the service wrote
// bounds: one index seek, one node
MERGE (token:Token {uid: $uid})
SET token.token_hash = $token_hash,
    token.account_uid = $account_uid,
    token.role = $role,
    token.sites = $sites,
    token.lines = $lines,
    token.lots = $lots,
    token.only = $only,
    token.purpose = $purpose,
    token.networks = $networks,
    token.label = $label,
    token.created_at = $created_at,
    token.expires_at = $expires_at,
    token.revoked = $revoked,
    token.mac = $mac

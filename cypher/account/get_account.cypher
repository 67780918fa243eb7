// name:   account.get_account
// does:   the account with this uid
// mode:   read
// rows:   one
// param:  uid             string         32 hex digits
// column: uid             string         32 hex digits
// column: username        string         unique among accounts
// column: password_hash   string         Argon2id, in its text form
// column: printed_name    bytes          sealed
// column: role            string         as domain/rights.Role
// column: sites           list<string>   site codes, or *
// column: lines           list<string>   product line codes, or *
// column: lots            list<string>?  uids that may be shown besides; null for none
// column: created_at      string         stored time, UTC
// column: disabled        boolean        whether signing in is refused
// column: session_epoch   integer        how often the person's sessions were ended
// column: factors         bytes?         second factors, sealed; null for none
// column: factor_version  integer?       how often they were written; null for never
// column: person          string?        id of the person whose account it is; null where he has no other
// column: granted_at      string?        when it came to its present rights; stored time, UTC; null: with its making
// column: left_at         string?        when the person left; stored time, UTC; null while he has not
// column: provisional     boolean?       whether the password was given by somebody else; null: it was not
// column: former_persons  list<string>?  ids of persons that it named before; null for none
// column: mac             bytes?         proves what the service wrote
// bounds: one index seek, at most one row
MATCH (account:Account {uid: $uid})
RETURN account.uid AS uid,
       account.username AS username,
       account.password_hash AS password_hash,
       account.printed_name AS printed_name,
       account.role AS role,
       account.sites AS sites,
       account.lines AS lines,
       account.lots AS lots,
       account.created_at AS created_at,
       account.disabled AS disabled,
       account.session_epoch AS session_epoch,
       account.factors AS factors,
       account.factor_version AS factor_version,
       account.person AS person,
       account.granted_at AS granted_at,
       account.left_at AS left_at,
       account.provisional AS provisional,
       account.former_persons AS former_persons,
       account.mac AS mac

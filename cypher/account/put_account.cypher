// name:   account.put_account
// does:   makes an account, or overwrites the one with this uid; its sessions stay as they are
// mode:   write
// rows:   none
// param:  uid             string         32 hex digits
// param:  username        string         unique among accounts
// param:  password_hash   string         Argon2id, in its text form
// param:  printed_name    bytes          sealed
// param:  oldest_key      string         id of the key that seals it
// param:  role            string         as domain/rights.Role
// param:  sites           list<string>   site codes, or *
// param:  lines           list<string>   product line codes, or *
// param:  lots            list<string>   uids that may be shown besides
// param:  created_at      string         stored time, UTC
// param:  disabled        boolean        whether signing in is refused
// param:  person          string?        id of the person whose account it is; null where he has no other
// param:  granted_at      string?        when it came to its present rights; stored time, UTC; null: with its making
// param:  left_at         string?        when the person left; stored time, UTC; null while he has not
// param:  provisional     boolean?       whether the password was given by somebody else; null: it was not
// param:  former_persons  list<string>?  ids of persons that it named before; null for none
// param:  mac             bytes          proves what the service wrote
// bounds: one index seek, one node
MERGE (account:Account {uid: $uid})
ON CREATE SET account.session_epoch = 0
SET account.username = $username,
    account.password_hash = $password_hash,
    account.printed_name = $printed_name,
    account.oldest_key = $oldest_key,
    account.role = $role,
    account.sites = $sites,
    account.lines = $lines,
    account.lots = $lots,
    account.created_at = $created_at,
    account.disabled = $disabled,
    account.person = $person,
    account.granted_at = $granted_at,
    account.left_at = $left_at,
    account.provisional = $provisional,
    account.former_persons = $former_persons,
    account.mac = $mac

// name:   account.put_factors
// does:   keeps the second factors of a person, unless they were written since they were read
// mode:   write
// rows:   one
// param:  uid       string    32 hex digits
// param:  factors   bytes?    sealed; null for none
// param:  oldest_key   string?   id of the oldest key that seals something of the account
// param:  version   integer   the one that was read, 0 for never; of another one nothing is written
// param:  mac          bytes?    proves what the service wrote
// column: uid       string    the same; no row where nothing was written
// bounds: one index seek, at most one node, taken by account.lock_account before
MATCH (account:Account {uid: $uid})
WHERE coalesce(account.factor_version, 0) = $version
SET account.factors = $factors, account.mac = $mac,
    account.oldest_key = $oldest_key,
    account.factor_version = $version + 1
RETURN account.uid AS uid

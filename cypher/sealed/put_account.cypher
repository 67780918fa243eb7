// name:   sealed.put_account
// does:   ciphertexts under a newer key onto records of Account; second factors that were written meanwhile stay
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, factor_version that was read, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (account:Account {uid: row.uid})
SET account.oldest_key = account.oldest_key
WITH account, row
WHERE coalesce(account.factor_version, 0) = row.factor_version
SET account += row.properties

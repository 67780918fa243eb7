// name:   sealed.put_grant
// does:   ciphertexts under a newer key onto records of Grant; what was written meanwhile stays
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, version that was read, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (grant:Grant {uid: row.uid})
SET grant.oldest_key = grant.oldest_key
WITH grant, row
WHERE grant.version = row.version
SET grant += row.properties

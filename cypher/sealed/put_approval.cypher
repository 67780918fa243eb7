// name:   sealed.put_approval
// does:   ciphertexts under a newer key onto records of Approval; what was written meanwhile stays
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, version that was read, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (approval:Approval {uid: row.uid})
SET approval.oldest_key = approval.oldest_key
WITH approval, row
WHERE approval.version = row.version
SET approval += row.properties

// name:   sealed.put_recipient
// does:   ciphertexts under a newer key onto records of Recipient; what was written meanwhile stays
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, version that was read, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (recipient:Recipient {uid: row.uid})
SET recipient.oldest_key = recipient.oldest_key
WITH recipient, row
WHERE recipient.version = row.version
SET recipient += row.properties

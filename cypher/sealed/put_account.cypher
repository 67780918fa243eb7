// name:   sealed.put_account
// does:   ciphertexts under a newer key onto records of Account; nothing else of them changes
// mode:   write
// rows:   none
// param:  rows   list<map>   uid, properties
// bounds: one index seek a row
UNWIND $rows AS row
MATCH (account:Account {uid: row.uid})
SET account += row.properties

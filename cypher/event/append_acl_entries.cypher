// name:   event.append_acl_entries
// does:   keeps the set of scopes behind each acl number, where it is new
// mode:   write
// rows:   none
// param:  rows   list<map>   number, scopes
// bounds: one index seek a row
UNWIND $rows AS row
OPTIONAL MATCH (known:AclEntry {number: row.number})
WITH row, known
WHERE known IS NULL
CREATE (:AclEntry {number: row.number, scopes: row.scopes})

// name:   command.append_command
// does:   keeps the uid of a write in its own transaction, unless the work did so itself with more properties
// mode:   write
// rows:   none
// param:  uid   string   32 hex digits, chosen by the caller for one write
// param:  act   string   what was done, such as "account:put"; may be empty
// bounds: one index seek, at most one node
OPTIONAL MATCH (known:Command {uid: $uid})
WITH known
WHERE known IS NULL
CREATE (:Command {uid: $uid, act: $act})

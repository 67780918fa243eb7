// name:   command.get_command
// does:   whether a write command was carried out
// mode:   read
// rows:   one
// param:  uid   string   32 hex digits, chosen by the caller for one write
// column: uid   string   the same
// bounds: one index seek, at most one row
MATCH (command:Command {uid: $uid})
RETURN command.uid AS uid

// name:   command.get_command
// does:   whether a write command was carried out, and by which transaction
// mode:   read
// rows:   one
// param:  uid       string   32 hex digits, chosen by the caller for one write
// column: uid       string   the same
// column: attempt   string   what the transaction that carried it out drew for itself
// column: act       string   what is done
// bounds: one index seek, at most one row
MATCH (command:Command {uid: $uid})
RETURN command.uid AS uid, command.attempt AS attempt, command.act AS act

// name:   event.append_command
// does:   adds to the command of this transaction what makes a moment of record time into a record sequence
// mode:   write
// rows:   none
// param:  uid           string    32 hex digits, the command of the transaction
// param:  first_seq     integer   the first record sequence of the group
// param:  record_seq    integer   the last one
// param:  record_time   string    stored time of the group
// param:  act           string    what was done
// param:  mac           bytes     proves uid, sequences and time
// bounds: one index seek, one node
MATCH (command:Command {uid: $uid})
SET command.first_seq = $first_seq, command.record_seq = $record_seq, command.record_time = $record_time, command.act = $act,
    command.mac = $mac

// name:   event.append_command
// does:   keeps the write of a group, with what makes a moment of record time into a record sequence
// mode:   write
// rows:   none
// param:  uid           string    32 hex digits, the command of the transaction
// param:  record_seq    integer   the last record sequence of the group
// param:  record_time   string    stored time of the group
// param:  act           string    what was done
// bounds: one node
CREATE (:Command {uid: $uid, record_seq: $record_seq, record_time: $record_time, act: $act})

// name:   head.get_group_at
// does:   the last group of events that was committed at or before a moment of record time
// mode:   read
// rows:   one
// param:  record_time   string     stored time, UTC, fixed width
// column: uid           string     the command of the group; no row where nothing was known yet
// column: first_seq     integer?   the first record sequence of the group
// column: record_seq    integer?   the last one
// column: record_time   string     stored time of the group
// column: mac           bytes?     proves all that
// bounds: one index seek, read backwards from the moment, one row
MATCH (command:Command)
WHERE command.record_time <= $record_time
RETURN command.uid AS uid, command.first_seq AS first_seq, command.record_seq AS record_seq,
       command.record_time AS record_time, command.mac AS mac
ORDER BY command.record_time DESC, command.record_seq DESC
LIMIT 1

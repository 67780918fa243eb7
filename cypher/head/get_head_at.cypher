// name:   head.get_head_at
// does:   the record sequence of the last event that was committed at or before a moment of record time
// mode:   read
// rows:   one
// param:  record_time   string    stored time, UTC, fixed width
// column: seq           integer   no row where nothing was known yet
// bounds: one index seek, read backwards from the moment, one row
MATCH (command:Command)
WHERE command.record_time <= $record_time
RETURN command.record_seq AS seq
ORDER BY command.record_time DESC, command.record_seq DESC
LIMIT 1

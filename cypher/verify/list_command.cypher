// name:   verify.list_command
// does:   a page of commands, those of groups of events among them, in the order of their uids
// mode:   read
// rows:   many
// param:  after         string     uid that the page begins behind; empty for the first one
// param:  page          integer    rows wanted
// column: uid           string     of the command
// column: first_seq     integer?   the first record sequence of the group
// column: record_seq    integer?   the last one; null of what is no group of events
// column: record_time   string?    stored time of the group
// column: mac           bytes?     proves all that
// bounds: one index seek by range, page rows
MATCH (command:Command)
WHERE command.uid > $after
RETURN command.uid AS uid, command.first_seq AS first_seq, command.record_seq AS record_seq,
       command.record_time AS record_time, command.mac AS mac
ORDER BY uid
LIMIT $page

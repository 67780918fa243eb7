// name:   event.advance_head
// does:   moves the counter of records on, at the end of a group
// mode:   write
// rows:   none
// param:  seq           integer   the last record sequence of the group
// param:  record_time   string    stored time of the group, never before the last one
// bounds: one index seek, one node
MATCH (head:Head {name: 'record'})
SET head.seq = $seq, head.record_time = $record_time

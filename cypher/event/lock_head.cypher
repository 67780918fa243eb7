// name:   event.lock_head
// does:   takes the counter of records for this transaction, so that writers come one after the other
// mode:   write
// rows:   one
// column: seq           integer   the last record sequence that was given out
// column: record_time   string?   stored time of the last group, null before the first
// bounds: one index seek, one node
MATCH (head:Head {name: 'record'})
SET head.seq = head.seq
RETURN head.seq AS seq, head.record_time AS record_time

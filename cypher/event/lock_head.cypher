// name:   event.lock_head
// does:   takes the counter of records for this transaction, so that writers come one after the other
// mode:   write
// rows:   one
// column: seq           integer   the last record sequence that was given out
// column: record_time   string?   stored time of the last group, null before the first
// column: events_count    integer?   how many events
// column: events_digest   string?    sum of what they are, 32 hex digits
// column: nodes_count     integer?   how many nodes
// column: nodes_digest    string?    sum of what they are with their versions
// column: mac             bytes?     proves all that
// bounds: one index seek, one node
MATCH (head:Head {name: 'record'})
SET head.name = head.name
RETURN head.seq AS seq, head.record_time AS record_time, head.events_count AS events_count,
       head.events_digest AS events_digest, head.nodes_count AS nodes_count, head.nodes_digest AS nodes_digest, head.mac AS mac

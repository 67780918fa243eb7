// name:   probe.add_one
// does:   moves the counter of records on by one, under its lock
// mode:   write
// rows:   one
// column: seq   integer   the new value
// bounds: one index seek, one node
MATCH (head:Head {name: 'record'})
SET head.seq = head.seq + 1
RETURN head.seq AS seq

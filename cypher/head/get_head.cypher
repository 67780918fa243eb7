// name:   head.get_head
// does:   the record sequence of the last event that was committed
// mode:   read
// rows:   one
// column: seq   integer   0 in an empty store
// bounds: one index seek, one row
MATCH (head:Head {name: 'record'})
RETURN head.seq AS seq

// name:   backup.put_head
// does:   the counter of records as a bundle holds it, in place of one that stands at 0
// mode:   write
// rows:   none
// param:  properties   map   all of them
// bounds: one index seek, one node
MATCH (head:Head {name: 'record'})
SET head = $properties

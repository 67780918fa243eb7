// name:   event.advance_head
// does:   moves the counter of records on, at the end of a group, with what the store holds from now on
// mode:   write
// rows:   none
// param:  seq             integer   the last record sequence of the group
// param:  record_time     string    stored time of the group, never before the last one
// param:  events_count    integer   how many events
// param:  events_digest   string    sum of what they are, 32 hex digits
// param:  nodes_count     integer   how many nodes
// param:  nodes_digest    string    sum of what they are with their versions
// param:  mac             bytes?    proves all that; null where the counter was not proven before
// bounds: one index seek, one node
MATCH (head:Head {name: 'record'})
SET head.seq = $seq, head.record_time = $record_time, head.events_count = $events_count, head.events_digest = $events_digest,
    head.nodes_count = $nodes_count, head.nodes_digest = $nodes_digest, head.mac = $mac

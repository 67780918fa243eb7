// name:   event.expand_mentions_equipment
// does:   the events whose links, live at a head, touch each of some nodes of Equipment
// mode:   read
// rows:   many
// param:  uids   list<string>   uids of nodes
// param:  head   integer        record sequence asked about
// column: node     string         uid of the node
// column: events   list<string>   uids of events
// bounds: one index seek a uid, all its links
UNWIND $uids AS node_uid
MATCH (node:Equipment {uid: node_uid})-[link]-()
WHERE link.event_uid IS NOT NULL
  AND link.record_seq <= $head
  AND (link.voided_seq IS NULL OR link.voided_seq > $head)
RETURN node.uid AS node, collect(DISTINCT link.event_uid) AS events
ORDER BY node

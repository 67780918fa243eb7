// name:   event.append_recorded_order
// does:   joins events to the nodes of Order that they describe or state something of
// mode:   write
// rows:   none
// param:  rows   list<map>   event, node (uids), act, mac
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (event:Event {uid: row.event})
MATCH (node:Order {uid: row.node})
CREATE (event)-[:RECORDED {act: row.act, mac: row.mac}]->(node)

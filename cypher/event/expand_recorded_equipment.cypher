// name:   event.expand_recorded_equipment
// does:   a page of live events recorded of each of some nodes of Equipment, the latest first
// mode:   read
// rows:   many
// param:  uids      list<string>   uids of nodes
// param:  skipped   integer        events of each node that were seen already
// param:  page      integer        events wanted of each node
// column: node         string   uid of the node
// column: uid          string   of the event
// column: event_time   string   stored time
// column: payload      bytes    sealed document
// bounds: one index seek a uid, its RECORDED links, page rows a uid
UNWIND $uids AS node_uid
MATCH (node:Equipment {uid: node_uid})
CALL (node) {
  MATCH (node)<-[:RECORDED]-(event:Event)
  WHERE event.voided_seq IS NULL
  RETURN event
  ORDER BY event.event_time DESC, event.uid DESC
  SKIP $skipped
  LIMIT $page
}
RETURN node.uid AS node, event.uid AS uid, event.event_time AS event_time, event.payload AS payload
ORDER BY node, event_time DESC, uid DESC

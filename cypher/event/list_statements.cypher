// name:   event.list_statements
// does:   which live events state something of each of some lots
// mode:   read
// rows:   one
// param:  uids   list<string>   uids of lots, each once
// param:  head   integer        record sequence asked about
// column: node         list<string>   uid of the lot
// column: event        list<string>   uid of the event
// bounds: one index seek a uid, its RECORDED links, one row of columns
UNWIND $uids AS uid
MATCH (node:Traceable {uid: uid})<-[recorded:RECORDED]-(event:Event)
WHERE event.record_seq <= $head
  AND (event.voided_seq IS NULL OR event.voided_seq > $head)
  AND recorded.act <> 'mentions'
RETURN collect(node.uid) AS node, collect(event.uid) AS event

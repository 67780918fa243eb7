// name:   trace.expand_inputs
// does:   what went into these transformations
// mode:   read
// rows:   one
// param:  frontier   list<string>    uids, each once
// param:  see        list<integer>   acl numbers that may be shown; empty means none
// param:  named      list<string>    uids that may be shown besides; empty means none
// param:  head       integer         record sequence asked about
// column: exits      list<list>      transformation, far, far_kind, far_shown, links, labels, mac
// column: dead       list<list>      transformation, far, MACs of links that are not live at the head
// bounds: one index seek a uid, one row
UNWIND $frontier AS uid
MATCH (passage:Traceable {uid: uid})<-[other:CONSUMED_IN]-(beyond)
WITH passage, beyond, (beyond.acl IN $see OR beyond.uid IN $named) AS beyond_shown,
     other.record_seq <= $head AND (other.voided_seq IS NULL OR other.voided_seq > $head) AS live,
     [null, other.pair, other.quantity, other.unit, other.event_time, other.mac] AS one, other.mac AS mac
WITH passage, beyond, beyond_shown, collect(CASE WHEN live THEN one END) AS told, collect(CASE WHEN live THEN null ELSE mac END) AS dead
RETURN collect(CASE WHEN size(told) > 0 THEN [passage.uid, beyond.uid, beyond.kind, beyond_shown,
               CASE WHEN beyond_shown AND (passage.acl IN $see OR passage.uid IN $named) THEN told ELSE [link IN told | [null, link[5]]] END,
               labels(beyond), beyond.mac] END) AS exits,
       collect(CASE WHEN size(dead) > 0 THEN [passage.uid, beyond.uid, dead] END) AS dead

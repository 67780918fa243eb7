// name:   trace.expand_returns
// does:   returns of lots, and who sent them back
// mode:   read
// rows:   one
// param:  frontier   list<string>    uids, each once
// param:  see        list<integer>   acl numbers that may be shown; empty means none
// param:  named      list<string>    uids that may be shown besides; empty means none
// param:  head       integer         record sequence asked about
// column: bundles    list<list>      far, type, far_kind, far_shown, links, labels, mac: all of one type between two nodes (`domain/genealogy.py`)
// column: dead       list<list>      far, type, links (near, mac): those that are not live at the head
// bounds: one index seek a uid, one row
UNWIND $frontier AS uid
MATCH (near:Traceable {uid: uid})<-[link:RETURNED|SENT_BACK]-(far)
WITH far, type(link) AS type, (near.acl IN $see OR near.uid IN $named) AS near_shown,
     link.record_seq <= $head AND (link.voided_seq IS NULL OR link.voided_seq > $head) AS live,
     [uid, null, link.quantity, link.unit, link.event_time, link.mac] AS one, link.mac AS mac
WITH far, type, near_shown, collect(CASE WHEN live THEN one END) AS told, collect(CASE WHEN live THEN null ELSE [one[0], mac] END) AS dead
WITH far, type, near_shown, (far.acl IN $see OR far.uid IN $named) AS far_shown, told, dead
RETURN collect(CASE WHEN size(told) > 0 THEN [far.uid, type, far.kind, far_shown,
               CASE WHEN near_shown AND far_shown THEN told ELSE [link IN told | [link[0], link[5]]] END,
               labels(far), far.mac] END) AS bundles,
       collect(CASE WHEN size(dead) > 0 THEN [far.uid, type, dead] END) AS dead

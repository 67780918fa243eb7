// name:   trace.expand_forward
// does:   where material of these lots goes next: through transformations, to other lots, to the ends it has there
// mode:   read
// rows:   one
// param:  frontier   list<string>    uids, each once
// param:  wide       list<string>    transformations whose other side is known already and long
// param:  see        list<integer>   acl numbers that may be shown; empty means none
// param:  named      list<string>    uids that may be shown besides; empty means none
// param:  through    boolean         whether a node that may not be shown is walked through
// param:  head       integer         record sequence asked about
// column: bundles    list<list>      far, type, far_kind, far_shown, links, labels, mac: all of one type between two nodes (`domain/genealogy.py`)
// column: opened     list<string>    transformations among them whose other side follows
// column: exits      list<list>      transformation, far, far_kind, far_shown, links, labels, mac
// column: dead       list<list>      far, type, links (near, mac): those that are not live at the head
// column: gone       list<list>      the same of the other side: transformation, far, MACs
// bounds: one index seek a uid, one row; of what came out no more than the pair is told, which the walk needs
UNWIND $frontier AS uid
MATCH (near:Traceable {uid: uid})-[link:CONSUMED_IN|SPLIT_INTO|SERIALISED_AS|PACKED_IN|UNPACKED_FROM|SHIPPED_IN|STOCKED_AT|ALLOCATED_TO|USED_AT|DISPOSED_IN]->(far)
WITH far, type(link) AS type, (near.acl IN $see OR near.uid IN $named) AS near_shown,
     link.record_seq <= $head AND (link.voided_seq IS NULL OR link.voided_seq > $head) AS live,
     [uid, coalesce(link.pair, link.report), link.quantity, link.unit, link.event_time, link.mac] AS one, link.mac AS mac
WITH far, type, near_shown, collect(CASE WHEN live THEN one END) AS told, collect(CASE WHEN live THEN null ELSE [one[0], mac] END) AS dead
WITH far, type, near_shown, (far.acl IN $see OR far.uid IN $named) AS far_shown, told, dead
WITH collect(CASE WHEN size(told) > 0 THEN [far.uid, type, far.kind, far_shown,
             CASE WHEN near_shown AND far_shown THEN told ELSE [link IN told | [link[0], link[5]]] END,
             labels(far), far.mac] END) AS bundles,
     collect(CASE WHEN size(dead) > 0 THEN [far.uid, type, dead] END) AS dead,
     collect(DISTINCT CASE WHEN size(told) > 0 AND type = 'CONSUMED_IN' AND ($through OR far_shown) AND NOT far.uid IN $wide THEN far END) AS passages
CALL (passages) {
  UNWIND passages AS passage
  MATCH (passage)-[other:PRODUCED]->(beyond)
  WITH passage, beyond, (beyond.acl IN $see OR beyond.uid IN $named) AS beyond_shown,
       other.record_seq <= $head AND (other.voided_seq IS NULL OR other.voided_seq > $head) AS live,
       [null, other.pair, other.mac] AS one, other.mac AS mac
  WITH passage, beyond, beyond_shown, collect(CASE WHEN live THEN one END) AS told,
       collect(CASE WHEN live THEN null ELSE mac END) AS gone
  RETURN collect(CASE WHEN size(told) > 0 THEN [passage.uid, beyond.uid, beyond.kind, beyond_shown,
                 CASE WHEN beyond_shown AND (passage.acl IN $see OR passage.uid IN $named) THEN told ELSE [link IN told | [null, link[2]]] END,
                 labels(beyond), beyond.mac] END) AS exits,
         collect(CASE WHEN size(gone) > 0 THEN [passage.uid, beyond.uid, gone] END) AS gone
}
RETURN bundles, [passage IN passages | passage.uid] AS opened, exits, dead, gone

// name:   trace.expand_orders
// does:   who ordered what lots are allocated to
// mode:   read
// rows:   one
// param:  frontier     list<string>    uids, each once
// param:  see          list<integer>   acl numbers that may be shown; empty means none
// param:  head         integer         record sequence asked about
// column: near         list<string>    the end that was asked about
// column: type         list<string>    type of the link
// column: far          list<string>    uid of the other end
// column: far_kind     list<string>    its kind
// column: far_shown    list<boolean>   whether it may be shown
// column: quantity     list<string>    decimal; empty where not stated, or where an end may not be shown
// column: unit         list<string>    the same rule
// column: event_time   list<string>    stored time; the same rule
// column: mark         list<string>    pair or report; the same rule
// bounds: one index seek a uid, one row of columns
UNWIND $frontier AS uid
MATCH (near:Order {uid: uid})-[link:ORDERED_BY]->(far)
WHERE link.record_seq <= $head
  AND (link.voided_seq IS NULL OR link.voided_seq > $head)
WITH uid, link, far, far.acl IN $see AS far_shown, near.acl IN $see AS near_shown
WITH uid, link, far, far_shown, near_shown AND far_shown AS shown
RETURN collect(uid) AS near,
       collect(type(link)) AS type,
       collect(far.uid) AS far,
       collect(far.kind) AS far_kind,
       collect(far_shown) AS far_shown,
       collect(CASE WHEN shown THEN coalesce(link.quantity, '') ELSE '' END) AS quantity,
       collect(CASE WHEN shown THEN coalesce(link.unit, '') ELSE '' END) AS unit,
       collect(CASE WHEN shown THEN link.event_time ELSE '' END) AS event_time,
       collect(CASE WHEN shown THEN coalesce(link.pair, link.report, '') ELSE '' END) AS mark

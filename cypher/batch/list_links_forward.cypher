// name:   batch.list_links_forward
// does:   one step in the direction of material from some nodes, with the event that says so
// mode:   read
// rows:   many
// param:  uids         list<string>    near ends, each once
// param:  see          list<integer>   acl numbers that may be shown
// param:  named        list<string>    uids that may be shown besides; empty means none
// param:  head         integer         record sequence asked about
// column: near         string          uid of the end that was asked about
// column: type         string          type of the link
// column: far          string          uid of the other end
// column: kind         string?         its kind; null only where it was taken away
// column: far_shown    boolean         whether the other end may be shown
// column: live         boolean         whether it counts at the head; of one that does not, only ends and record MAC are told
// column: quantity     string?         decimal; like all below, null unless both ends may be shown
// column: unit         string?         UN/ECE code
// column: event_time   string?         stored time
// column: event_uid    string?         event that made the link
// column: mark         string?         pair of inputs and outputs; who reports a shipment
// column: step         string?         process step
// column: role         string?         of an operator
// column: started_at   string?         stored time
// column: ended_at     string?         stored time
// column: whole        map?            all properties of the link, null as above
// column: mac          bytes?          record MAC of the link
// column: labels       list<string>    every label of the other end
// column: far_mac      bytes?          its record MAC
// bounds: one index seek a uid, one row a link
UNWIND $uids AS uid
MATCH (near:Traceable {uid: uid})-[link]->(far)
WHERE type(link) <> 'RECORDED'
WITH uid, link, far, link.record_seq <= $head AND (link.voided_seq IS NULL OR link.voided_seq > $head) AS live,
     (far.acl IN $see OR far.uid IN $named) AS far_shown, (near.acl IN $see OR near.uid IN $named) AS near_shown
WITH uid, link, far, live, far_shown, live AND near_shown AND far_shown AS shown
RETURN uid AS near,
       type(link) AS type,
       far.uid AS far,
       far.kind AS kind,
       far_shown,
       coalesce(live, false) AS live,
       CASE WHEN shown THEN link.quantity END AS quantity,
       CASE WHEN shown THEN link.unit END AS unit,
       CASE WHEN shown THEN link.event_time END AS event_time,
       CASE WHEN shown THEN link.event_uid END AS event_uid,
       CASE WHEN shown THEN coalesce(link.pair, link.report) END AS mark,
       CASE WHEN shown THEN link.step END AS step,
       CASE WHEN shown THEN link.role END AS role,
       CASE WHEN shown THEN link.started_at END AS started_at,
       CASE WHEN shown THEN link.ended_at END AS ended_at,
       CASE WHEN shown THEN properties(link) END AS whole,
       link.mac AS mac,
       labels(far) AS labels,
       far.mac AS far_mac
ORDER BY near, event_time, type, far, link.uid

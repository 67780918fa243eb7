// name:   trace.find_boundaries_backward
// does:   which of these things come, against the material, from something that may not be shown
// mode:   read
// rows:   set
// param:  uids    list<string>    that may be shown, each once
// param:  see     list<integer>   acl numbers that may be shown; empty means none
// param:  named   list<string>    uids that may be shown besides; empty means none
// param:  head    integer         record sequence asked about
// column: uid     string          one of them, whatever the number of links
// bounds: one index seek a uid, the first link of each that leads out of the view; nothing of the other end leaves the store
UNWIND $uids AS uid
MATCH (near:Traceable {uid: uid})
WHERE near.kind <> 'Party'
  AND EXISTS {
    MATCH (near)<-[link:CONSUMED_IN|PRODUCED|SPLIT_INTO|SERIALISED_AS|SUPPLIED|RETURNED|SENT_BACK]-(far)
    WHERE link.record_seq <= $head
      AND (link.voided_seq IS NULL OR link.voided_seq > $head)
      AND far.kind IS NOT NULL
      AND NOT coalesce(far.acl IN $see OR far.uid IN $named, false)
  }
RETURN near.uid AS uid

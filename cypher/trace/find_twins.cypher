// name:   trace.find_twins
// does:   other lots that carry the printed number of these lots
// mode:   read
// rows:   set
// param:  uids            list<string>    lots, each once
// param:  see             list<integer>   acl numbers that may be shown
// param:  named           list<string>    uids that may be shown besides; empty means none
// param:  head            integer         record sequence asked about
// column: uid             string          the lot
// column: identity        string          its identity
// column: twin            string          uid of the other lot
// column: twin_identity   string          its identity
// bounds: two index seeks a uid
UNWIND $uids AS uid
MATCH (lot:Traceable {uid: uid})
WHERE (lot.acl IN $see OR lot.uid IN $named)
  AND lot.number_key IS NOT NULL
MATCH (twin:Traceable {number_key: lot.number_key})
WHERE twin.uid <> lot.uid
  AND twin.kind IN ['Batch', 'Unit']
  AND (twin.acl IN $see OR twin.uid IN $named)
  AND twin.record_seq <= $head
RETURN lot.uid AS uid, lot.identity AS identity, twin.uid AS twin, twin.identity AS twin_identity

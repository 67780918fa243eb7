// name:   trace.find_twins
// does:   other lots that carry the printed number of these lots
// mode:   read
// rows:   set
// param:  uids            list<string>    lots, each once
// param:  see             list<integer>   acl numbers that may be shown
// param:  named           list<string>    uids that may be shown besides; empty means none
// column: uid             string          the lot
// column: identity        string          its identity
// column: twin            string          uid of the other lot
// column: twin_identity   string          its identity
// column: kind           string          of the other lot
// column: labels         list<string>    every label of it
// column: mac            bytes?          record MAC of it
// column: record_seq     integer?        of it as it stands; the record MAC proves it
// bounds: two index seeks a uid
UNWIND $uids AS uid
MATCH (lot:Traceable {uid: uid})
USING INDEX SEEK lot:Traceable(uid)
WHERE (lot.acl IN $see OR lot.uid IN $named)
  AND lot.number_key IS NOT NULL
MATCH (twin:Traceable {number_key: lot.number_key})
USING INDEX SEEK twin:Traceable(number_key)
WHERE twin.uid <> lot.uid
  AND ('Batch' IN labels(twin) OR 'Unit' IN labels(twin))
  AND (twin.acl IN $see OR twin.uid IN $named)
RETURN lot.uid AS uid, lot.identity AS identity, twin.uid AS twin, twin.identity AS twin_identity,
       twin.kind AS kind, labels(twin) AS labels, twin.mac AS mac, twin.record_seq AS record_seq

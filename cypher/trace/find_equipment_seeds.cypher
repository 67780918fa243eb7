// name:   trace.find_equipment_seeds
// does:   which of these uids may be shown and can be a seed
// mode:   read
// rows:   many
// param:  uids   list<string>    asked for
// param:  see    list<integer>   acl numbers that may be shown
// param:  named  list<string>    uids that may be shown besides; empty means none
// column: uid    string          found, and within view
// column: kind   string          its kind
// column: labels       list<string>    every label
// column: mac          bytes?          record MAC
// column: record_seq   integer?        as it stands; the record MAC proves it
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (seed:Equipment {uid: uid})
WHERE (seed.acl IN $see OR seed.uid IN $named)
RETURN seed.uid AS uid, seed.kind AS kind, labels(seed) AS labels, seed.mac AS mac, seed.record_seq AS record_seq
ORDER BY uid

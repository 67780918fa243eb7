// name:   batch.list_equipment
// does:   number and name of machines and tools that may be shown
// mode:   read
// rows:   many
// param:  uids            list<string>    asked for
// param:  see             list<integer>   acl numbers that may be shown
// param:  named           list<string>    uids that may be shown besides; empty means none
// column: uid             string          found, and within view
// column: number          string          number of the machine
// column: name            string?         what it is called
// column: projected_seq   integer         newest record that the stored properties stem from
// column: identity        string?         canonical
// column: labels          list<string>    every label
// column: mac             bytes?          record MAC
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (equipment:Equipment {uid: uid})
WHERE (equipment.acl IN $see OR equipment.uid IN $named)
RETURN equipment.uid AS uid,
       equipment.number AS number,
       equipment.name AS name,
       coalesce(equipment.projected_seq, 0) AS projected_seq,
       equipment.identity AS identity,
       labels(equipment) AS labels,
       equipment.mac AS mac
ORDER BY uid

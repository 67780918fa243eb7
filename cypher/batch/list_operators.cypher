// name:   batch.list_operators
// does:   sealed identity and name of operators that may be shown
// mode:   read
// rows:   many
// param:  uids            list<string>    asked for
// param:  see             list<integer>   acl numbers that may be shown
// param:  named           list<string>    uids that may be shown besides; empty means none
// column: uid             string          found, and within view
// column: identity        bytes           sealed
// column: name            bytes?          sealed
// column: projected_seq   integer         newest record that the stored properties stem from
// column: labels          list<string>    every label
// column: mac             bytes?          record MAC
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (operator:Operator {uid: uid})
WHERE (operator.acl IN $see OR operator.uid IN $named)
RETURN operator.uid AS uid,
       operator.identity AS identity,
       operator.name AS name,
       coalesce(operator.projected_seq, 0) AS projected_seq,
       labels(operator) AS labels,
       operator.mac AS mac
ORDER BY uid

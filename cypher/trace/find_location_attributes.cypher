// name:   trace.find_location_attributes
// does:   what identifies an end of kind Location that may be shown
// mode:   read
// rows:   set
// param:  uids            list<string>    each once
// param:  see             list<integer>   acl numbers that may be shown; of other nodes nothing leaves the store
// param:  named           list<string>    uids that may be shown besides; empty means none
// column: uid             string          found, and within view
// column: number          string          printed
// column: identity        string          canonical
// column: acl             integer         number of its set of scopes
// column: projected_seq   integer         newest record that the stored properties stem from
// column: kind            string          its kind
// column: labels          list<string>    every label
// column: mac             bytes?          record MAC
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (node:Location {uid: uid})
WHERE (node.acl IN $see OR node.uid IN $named)
RETURN node.uid AS uid, node.number AS number, node.identity AS identity, node.acl AS acl, node.projected_seq AS projected_seq, node.kind AS kind, labels(node) AS labels, node.mac AS mac

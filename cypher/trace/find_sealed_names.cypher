// name:   trace.find_sealed_names
// does:   sealed identity and name of materials and parties that may be shown
// mode:   read
// rows:   set
// param:  uids       list<string>    each once
// param:  see        list<integer>   acl numbers that may be shown; of other nodes nothing leaves the store
// param:  named      list<string>    uids that may be shown besides; empty means none
// column: uid        string          found, and within view
// column: kind       string          kind
// column: identity   bytes           sealed
// column: name       bytes?          sealed, of a party
// column: country    string?         of a party
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (node:Traceable {uid: uid})
WHERE (node.acl IN $see OR node.uid IN $named)
RETURN node.uid AS uid, node.kind AS kind, node.identity AS identity, node.name AS name, node.country AS country

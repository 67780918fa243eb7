// name:   trace.find_stored_location
// does:   all that the store holds of things of kind Location that may be shown; asked where their properties are wanted
// mode:   read
// rows:   set
// param:  uids            list<string>    each once
// param:  see             list<integer>   acl numbers that may be shown; of other nodes nothing leaves the store
// param:  named           list<string>    uids that may be shown besides; empty means none
// column: uid             string          found, and within view
// column: kind            string          its kind
// column: labels          list<string>    every label
// column: stored          map             properties by name, ciphertexts as bytes, and the record MAC
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (node:Location {uid: uid})
WHERE (node.acl IN $see OR node.uid IN $named)
RETURN node.uid AS uid, node.kind AS kind, labels(node) AS labels, properties(node) AS stored

// name:   batch.get_stored
// does:   all that the store holds of one traceable thing, where it may be shown and nothing of it is newer than a head
// mode:   read
// rows:   one
// param:  uid      string          asked for
// param:  see      list<integer>   acl numbers that may be shown
// param:  named    list<string>    uids that may be shown besides; empty means none
// param:  head     integer         record sequence asked about
// column: stored   map             properties by name, ciphertexts as bytes
// bounds: one index seek
MATCH (node:Traceable {uid: $uid})
WHERE (node.acl IN $see OR node.uid IN $named) AND coalesce(node.projected_seq, 0) <= $head
RETURN properties(node) AS stored

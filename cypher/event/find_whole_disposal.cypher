// name:   event.find_whole_disposal
// does:   some nodes of Disposal with all that stands on them, to be written again with a new MAC
// mode:   read
// rows:   set
// param:  uids         list<string>   uids of nodes
// column: uid          string         of the nodes that are known
// column: properties   map            all properties
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (node:Disposal {uid: uid})
RETURN node.uid AS uid, properties(node) AS properties

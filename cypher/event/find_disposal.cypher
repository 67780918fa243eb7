// name:   event.find_disposal
// does:   the projected state of some nodes of Disposal, as columns of one length
// mode:   read
// rows:   set
// param:  uids   list<string>   uids of nodes
// column: uid          list<string>    of the nodes that are known
// column: kind         list<string>    NodeKind
// column: described    list<boolean>   whether a live event describes it
// column: scopes       list<list>      texts of scopes stated by describing events
// column: mentioned    list<list>      texts of scopes stated by mentioning events
// column: stated       list<list>      stamps by property
// column: version      list<integer>   of the projection
// bounds: one index seek a uid, one row
UNWIND $uids AS uid
MATCH (node:Disposal {uid: uid})
WITH collect(node) AS nodes
RETURN [node IN nodes | node.uid] AS uid, [node IN nodes | node.kind] AS kind,
       [node IN nodes | node.described] AS described, [node IN nodes | node.scopes] AS scopes,
       [node IN nodes | node.mentioned] AS mentioned, [node IN nodes | node.stated] AS stated,
       [node IN nodes | node.version] AS version

// name:   event.find_order
// does:   the projected state of some nodes of Order
// mode:   read
// rows:   set
// param:  uids   list<string>   uids of nodes
// column: uid          string          of the node
// column: kind         string          NodeKind
// column: described    boolean         whether a live event describes it
// column: scopes       list<string>?   texts of scopes stated by describing events
// column: mentioned    list<string>?   texts of scopes stated by mentioning events
// column: stated       list<string>?   stamps by property
// column: version      integer         of the projection
// column: oldest_key   string?         oldest key among its ciphertexts
// bounds: one index seek a uid
UNWIND $uids AS uid
MATCH (node:Order {uid: uid})
RETURN node.uid AS uid, node.kind AS kind, node.described AS described, node.scopes AS scopes,
       node.mentioned AS mentioned, node.stated AS stated, node.version AS version, node.oldest_key AS oldest_key

// name:   place.list_equipment
// does:   a page of nodes of Equipment in the order of their uids, with where they belong, as columns of one length
// mode:   read
// rows:   one
// param:  after       string          uid that the page begins behind; empty for the first one
// param:  page        integer         nodes wanted
// column: uid         list<string>    of the nodes
// column: acl         list<integer>   number of the set that each carries
// column: scopes      list<list>      texts of scopes stated by describing events
// column: mentioned   list<list>      texts of scopes stated by mentioning events
// bounds: one index seek by range, page nodes
MATCH (node:Equipment)
WHERE node.uid > $after
WITH node
ORDER BY node.uid
LIMIT $page
WITH collect(node) AS nodes
RETURN [node IN nodes | node.uid] AS uid, [node IN nodes | node.acl] AS acl,
       [node IN nodes | node.scopes] AS scopes, [node IN nodes | node.mentioned] AS mentioned

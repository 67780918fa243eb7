// name:   acl.count_location
// does:   how many of a page of nodes of Location are of each kind and each set of scopes, in the order of their uids
// mode:   read
// rows:   set
// param:  after        string         uid that the page begins behind; empty for the first one
// param:  page         integer        nodes wanted
// column: kind         string         of the model
// column: acl          integer        number of the set
// column: nodes        integer        of this kind and set
// column: last         string         the greatest uid among them
// bounds: one index seek by range, page nodes
MATCH (node:Location)
WHERE node.uid > $after
WITH node.uid AS uid, node.kind AS kind, node.acl AS acl
ORDER BY uid
LIMIT $page
RETURN kind, acl, count(uid) AS nodes, max(uid) AS last

// name:   backup.list_aclentry
// does:   a page of interned sets of scopes with all that stands on them, in the order of their numbers
// mode:   read
// rows:   many
// param:  after        integer        number that the page begins behind; -1 for the first one
// param:  page         integer        nodes wanted
// column: number       integer        of the set
// column: labels       list<string>   every label
// column: properties   map            all properties
// bounds: one index seek by range, page rows
MATCH (node:AclEntry)
WHERE node.number > $after
RETURN node.number AS number, labels(node) AS labels, properties(node) AS properties
ORDER BY number
LIMIT $page

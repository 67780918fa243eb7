// name:   backup.list_feed
// does:   a page of nodes of Feed with all that stands on them, in the order of their uids
// mode:   read
// rows:   many
// param:  after        string         uid that the page begins behind; empty for the first one
// param:  page         integer        nodes wanted
// column: uid          string         of the node
// column: labels       list<string>   every label
// column: properties   map            all properties
// bounds: one index seek by range, page rows
MATCH (node:Feed)
WHERE node.uid > $after
RETURN node.uid AS uid, labels(node) AS labels, properties(node) AS properties
ORDER BY uid
LIMIT $page

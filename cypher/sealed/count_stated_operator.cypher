// name:   sealed.count_stated_operator
// does:   which of some properties a page of nodes of Operator bears, in the order of their uids
// mode:   read
// rows:   set
// param:  after        string         uid that the page begins behind; empty for the first one
// param:  page         integer        nodes wanted
// param:  names        list<string>   of properties, each with the = that parts it from its stamp
// column: kind         string         of the model
// column: names        list<string>   those of them that nodes of this kind bear together
// column: nodes        integer        how many nodes bear exactly these
// column: last         string         the greatest uid among them
// bounds: one index seek by range, page nodes
MATCH (node:Operator)
WHERE node.uid > $after
WITH node.uid AS uid, node.kind AS kind, node.stated AS stated
ORDER BY uid
LIMIT $page
WITH uid, kind, [name IN $names WHERE any(entry IN stated WHERE entry STARTS WITH name)] AS names
RETURN kind, names, count(uid) AS nodes, max(uid) AS last

// name:   backup.get_head
// does:   the counter of records with all that stands on it
// mode:   read
// rows:   one
// column: labels       list<string>   every label
// column: properties   map            all properties
// bounds: one index seek
MATCH (node:Head {name: 'record'})
RETURN labels(node) AS labels, properties(node) AS properties

// name:   verify.list_links_of_event
// does:   all links that start at some nodes of Event, void ones too, with all that stands on them
// mode:   read
// rows:   set
// param:  uids         list<string>   each once
// column: type         string         type of the link
// column: source       string         uid of the node that it starts from
// column: target       string?        uid of the node that it ends at
// column: labels       list<string>   every label of that
// column: properties   map            all properties
// bounds: one index seek a uid, all links that leave the node
UNWIND $uids AS uid
MATCH (source:Event {uid: uid})-[link]->(target)
RETURN type(link) AS type, source.uid AS source, target.uid AS target, labels(target) AS labels, properties(link) AS properties

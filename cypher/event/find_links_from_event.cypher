// name:   event.find_links_from_event
// does:   live links that start at some nodes of Event, with all that stands on them, before they become void
// mode:   read
// rows:   set
// param:  rows         list<map>   source, uids (of its links)
// column: type         string      type of the link
// column: source       string      uid of the node that it starts from
// column: target       string      uid of the node that it ends at
// column: properties   map         all properties
// bounds: one index seek a row, all links that leave the node
UNWIND $rows AS row
MATCH (source:Event {uid: row.source})-[link]->(target)
WHERE link.uid IN row.uids AND link.voided_seq IS NULL
RETURN type(link) AS type, source.uid AS source, target.uid AS target, properties(link) AS properties

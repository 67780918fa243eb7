// name:   place.list_event
// does:   a page of events in the order of their uids, with where they belong, as columns of one length
// mode:   read
// rows:   one
// param:  after       string          uid that the page begins behind; empty for the first one
// param:  page        integer         nodes wanted
// column: uid         list<string>    of the nodes
// column: acl         list<integer>   number of the set that each carries
// bounds: one index seek by range, page nodes
MATCH (event:Event)
WHERE event.uid > $after
WITH event
ORDER BY event.uid
LIMIT $page
WITH collect(event) AS events
RETURN [event IN events | event.uid] AS uid, [event IN events | event.acl] AS acl

// name:   feed.list_feeds
// does:   a page of feeds, in the order of their names
// mode:   read
// rows:   many
// param:  after  string        uid that the page begins behind; empty for the first one
// param:  page   integer       rows wanted
// column: uid          string        the name in small letters
// column: name         string        as its messages name it
// column: public_key   string        Ed25519, 32 bytes in hexadecimal
// column: created_at   string        stored time, UTC
// column: next         integer       the sequence that comes next
// column: gaps         list<string>  what is missing before it, such as 42 or 42-44
// column: received_at  string?       when its last message was taken; stored time, UTC
// column: ended_at     string?       from then on it takes nothing; stored time, UTC
// column: version      integer       how often it was written
// column: mac          bytes?        proves what the service wrote
// bounds: one index seek by range, page rows
MATCH (feed:Feed)
WHERE feed.uid > $after
RETURN feed.uid AS uid,
       feed.name AS name,
       feed.public_key AS public_key,
       feed.created_at AS created_at,
       feed.next AS next,
       feed.gaps AS gaps,
       feed.received_at AS received_at,
       feed.ended_at AS ended_at,
       feed.version AS version,
       feed.mac AS mac
ORDER BY uid
LIMIT $page

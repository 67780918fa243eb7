// name:   feed.get_feed
// does:   the feed with this name
// mode:   read
// rows:   one
// param:  uid  string        the name in small letters
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
// bounds: one index seek, at most one row
MATCH (feed:Feed {uid: $uid})
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

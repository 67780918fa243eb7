// name:   feed.put_feed
// does:   moves a feed on, gives it another key or ends it, unless it was written since it was read
// mode:   write
// rows:   one
// param:  uid          string        the name in small letters
// param:  public_key   string        Ed25519, 32 bytes in hexadecimal
// param:  next         integer       the sequence that comes next
// param:  gaps         list<string>  what is missing before it, such as 42 or 42-44
// param:  received_at  string?       when its last message was taken; stored time, UTC
// param:  ended_at     string?       from then on it takes nothing; stored time, UTC
// param:  version      integer       the one that was read; of another one nothing is written
// param:  mac          bytes         proves what the service wrote
// column: uid  string        the same; no row where nothing was written
// bounds: one index seek, at most one node, which is taken before its version is compared
MATCH (feed:Feed {uid: $uid})
SET feed.created_at = feed.created_at
WITH feed
WHERE feed.version = $version
SET feed.public_key = $public_key,
    feed.next = $next,
    feed.gaps = $gaps,
    feed.received_at = $received_at,
    feed.ended_at = $ended_at,
    feed.version = $version + 1,
    feed.mac = $mac
RETURN feed.uid AS uid

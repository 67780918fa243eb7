// name:   feed.append_feed
// does:   registers the feed of a source system
// mode:   write
// rows:   none
// param:  uid          string        the name in small letters
// param:  name         string        as its messages name it
// param:  public_key   string        Ed25519, 32 bytes in hexadecimal
// param:  created_at   string        stored time, UTC
// param:  next         integer       the sequence that comes next
// param:  gaps         list<string>  what is missing before it, such as 42 or 42-44
// param:  received_at  string?       when its last message was taken; stored time, UTC
// param:  ended_at     string?       from then on it takes nothing; stored time, UTC
// param:  version      integer       how often it was written
// param:  mac          bytes         proves what the service wrote
// bounds: one node
CREATE (:Feed {
  uid: $uid,
  name: $name,
  public_key: $public_key,
  created_at: $created_at,
  next: $next,
  gaps: $gaps,
  received_at: $received_at,
  ended_at: $ended_at,
  version: $version,
  mac: $mac
})

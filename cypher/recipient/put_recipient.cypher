// name:   recipient.put_recipient
// does:   keeps what became of one of recipients, unless it was written since it was read
// mode:   write
// rows:   one
// param:  uid         string    16 hex digits
// param:  document    bytes     all of it, sealed
// param:  digest      string    SHA-256 (hex) of the document, which has a salt in it
// param:  state       string    what became of it
// param:  oldest_key  string?   id of the key that seals it
// param:  version     integer   the one that was read; of another one nothing is written
// param:  mac         bytes     proves what the service wrote
// column: uid  string  the same; no row where nothing was written
// bounds: one index seek, at most one node, which is taken before its version is compared
MATCH (recipient:Recipient {uid: $uid})
SET recipient.place = recipient.place
WITH recipient
WHERE recipient.version = $version
SET recipient.document = $document,
    recipient.digest = $digest,
    recipient.state = $state,
    recipient.oldest_key = $oldest_key,
    recipient.version = $version + 1,
    recipient.mac = $mac
RETURN recipient.uid AS uid

// name:   delivery.append_delivery
// does:   keeps what was delivered outside
// mode:   write
// rows:   none
// param:  uid         string    16 hex digits
// param:  place       string    moment in the stored form and the uid: the order of the register
// param:  document    bytes     all of it, sealed
// param:  digest      string    SHA-256 (hex) of the document, which has a salt in it
// param:  state       string    what became of it
// param:  oldest_key  string?   id of the key that seals it
// param:  version     integer   how often it was written
// param:  mac         bytes     proves what the service wrote
// bounds: one node
CREATE (:Delivery {
  uid: $uid,
  place: $place,
  document: $document,
  digest: $digest,
  state: $state,
  oldest_key: $oldest_key,
  version: $version,
  mac: $mac
})

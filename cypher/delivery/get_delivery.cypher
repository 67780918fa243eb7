// name:   delivery.get_delivery
// does:   one of deliveries by its id
// mode:   read
// rows:   one
// param:  uid  string  16 hex digits
// column: uid       string    16 hex digits
// column: place     string    moment in the stored form and the uid: the order of the register
// column: document  bytes     all of it, sealed
// column: digest    string    SHA-256 (hex) of the document, which has a salt in it
// column: state     string    what became of it
// column: version   integer   how often it was written
// column: mac       bytes?    proves what the service wrote
// bounds: one index seek, at most one row
MATCH (delivery:Delivery {uid: $uid})
RETURN delivery.uid AS uid,
       delivery.place AS place,
       delivery.document AS document,
       delivery.digest AS digest,
       delivery.state AS state,
       delivery.version AS version,
       delivery.mac AS mac

// name:   delivery.list_deliveries
// does:   a page of deliveries, the newest first
// mode:   read
// rows:   many
// param:  before     string   place that the page ends in front of
// param:  row_limit  integer  rows wanted
// column: uid       string    16 hex digits
// column: place     string    moment in the stored form and the uid: the order of the register
// column: document  bytes     all of it, sealed
// column: digest    string    SHA-256 (hex) of the document, which has a salt in it
// column: state     string    what became of it
// column: version   integer   how often it was written
// column: mac       bytes?    proves what the service wrote
// bounds: one index seek by range, row_limit rows
MATCH (delivery:Delivery)
WHERE delivery.place < $before
RETURN delivery.uid AS uid,
       delivery.place AS place,
       delivery.document AS document,
       delivery.digest AS digest,
       delivery.state AS state,
       delivery.version AS version,
       delivery.mac AS mac
ORDER BY place DESC
LIMIT $row_limit

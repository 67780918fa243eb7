// name:   recipient.list_recipients
// does:   a page of recipients, the newest first
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
MATCH (recipient:Recipient)
WHERE recipient.place < $before
RETURN recipient.uid AS uid,
       recipient.place AS place,
       recipient.document AS document,
       recipient.digest AS digest,
       recipient.state AS state,
       recipient.version AS version,
       recipient.mac AS mac
ORDER BY place DESC
LIMIT $row_limit

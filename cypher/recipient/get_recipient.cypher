// name:   recipient.get_recipient
// does:   one of recipients by its id
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
MATCH (recipient:Recipient {uid: $uid})
RETURN recipient.uid AS uid,
       recipient.place AS place,
       recipient.document AS document,
       recipient.digest AS digest,
       recipient.state AS state,
       recipient.version AS version,
       recipient.mac AS mac

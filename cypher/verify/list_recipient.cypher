// name:   verify.list_recipient
// does:   a page of uids of recipients, in their order
// mode:   read
// rows:   many
// param:  after   string    uid that the page begins behind; empty for the first one
// param:  page    integer   uids wanted
// column: uid     string    of the row
// bounds: one index seek by range, page rows
MATCH (row:Recipient)
WHERE row.uid > $after
RETURN row.uid AS uid
ORDER BY uid
LIMIT $page

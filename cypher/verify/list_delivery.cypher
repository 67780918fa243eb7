// name:   verify.list_delivery
// does:   a page of uids of deliveries, in their order
// mode:   read
// rows:   many
// param:  after   string    uid that the page begins behind; empty for the first one
// param:  page    integer   uids wanted
// column: uid     string    of the row
// bounds: one index seek by range, page rows
MATCH (row:Delivery)
WHERE row.uid > $after
RETURN row.uid AS uid
ORDER BY uid
LIMIT $page

// name:   backup.append_delivery
// does:   nodes of Delivery of a bundle, into a store that has none of them
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Delivery)
SET node = row

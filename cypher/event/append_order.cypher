// name:   event.append_order
// does:   new nodes of kind Order; the counter is held and they were looked for before, so they are new
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Order)
SET node = row

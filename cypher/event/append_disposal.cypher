// name:   event.append_disposal
// does:   new nodes of kind Disposal; the counter is held and they were looked for before, so they are new
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Disposal)
SET node = row

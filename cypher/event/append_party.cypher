// name:   event.append_party
// does:   new nodes of kind Party; the counter is held and they were looked for before, so they are new
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Traceable:Party)
SET node = row

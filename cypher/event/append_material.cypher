// name:   event.append_material
// does:   new nodes of kind Material; the counter is held and they were looked for before, so they are new
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Traceable:Material)
SET node = row

// name:   backup.append_approval
// does:   nodes of Approval of a bundle, into a store that has none of them
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Approval)
SET node = row

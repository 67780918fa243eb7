// name:   backup.append_command
// does:   nodes of Command of a bundle, into a store that has none of them
// mode:   write
// rows:   none
// param:  rows   list<map>   all properties of each node
// bounds: one node a row
UNWIND $rows AS row
CREATE (node:Command)
SET node = row

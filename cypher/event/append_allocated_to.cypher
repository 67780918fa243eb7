// name:   event.append_allocated_to
// does:   links ALLOCATED_TO from Traceable to Order, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Order {uid: row.target})
CREATE (source)-[link:ALLOCATED_TO]->(target)
SET link = row.properties

// name:   event.append_ordered_by
// does:   links ORDERED_BY from Order to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Order {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:ORDERED_BY]->(target)
SET link = row.properties

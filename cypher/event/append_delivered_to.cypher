// name:   event.append_delivered_to
// does:   links DELIVERED_TO from Traceable to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:DELIVERED_TO]->(target)
SET link = row.properties

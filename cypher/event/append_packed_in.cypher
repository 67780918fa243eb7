// name:   event.append_packed_in
// does:   links PACKED_IN from Traceable to Traceable, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Traceable {uid: row.target})
CREATE (source)-[link:PACKED_IN]->(target)
SET link = row.properties

// name:   event.append_disposed_in
// does:   links DISPOSED_IN from Traceable to Disposal, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Disposal {uid: row.target})
CREATE (source)-[link:DISPOSED_IN]->(target)
SET link = row.properties

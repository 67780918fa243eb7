// name:   event.append_inspected_in
// does:   links INSPECTED_IN from Traceable to Inspection, made with their event and never merged
// mode:   write
// rows:   none
// param:  rows   list<map>   source, target (uids), properties
// bounds: two index seeks a row
UNWIND $rows AS row
MATCH (source:Traceable {uid: row.source})
MATCH (target:Inspection {uid: row.target})
CREATE (source)-[link:INSPECTED_IN]->(target)
SET link = row.properties

// name:   schema_step.append_step
// does:   notes a migration as done
// mode:   write
// rows:   none
// param:  version      string   such as V0001
// param:  checksum     string   SHA-256 (hex) of the file
// param:  applied_at   string   stored time, UTC
// bounds: one index seek, at most one node
OPTIONAL MATCH (known:SchemaStep {version: $version})
WITH known
WHERE known IS NULL
CREATE (:SchemaStep {version: $version, checksum: $checksum, applied_at: $applied_at})

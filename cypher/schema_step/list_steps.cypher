// name:   schema_step.list_steps
// does:   the migrations that this store went through
// mode:   read
// rows:   many
// column: version    string   such as V0001
// column: checksum   string   SHA-256 (hex) of the file as it was run
// bounds: one index range, one row a migration
MATCH (step:SchemaStep)
WHERE step.version STARTS WITH 'V'
RETURN step.version AS version, step.checksum AS checksum
ORDER BY version

// name:   probe.list_probes
// does:   the nodes of one test
// mode:   read
// rows:   many
// param:  uid     string   shared by all that belong to one test
// column: value   string   anything
// bounds: a scan; no index in a test
MATCH (probe:Probe {uid: $uid})
RETURN probe.value AS value
ORDER BY value

// name:   trace.count_sides
// does:   how many different things that may be shown went into transformations and came out of them, class-level ones counted
// mode:   read
// rows:   one
// param:  frontier   list<string>    uids of transformations, each once
// param:  see        list<integer>   acl numbers that may be shown; what is withheld is not counted, so that no answer depends on it
// param:  named      list<string>    uids that may be shown besides; empty means none
// param:  head       integer         record sequence asked about
// column: uid        list<string>    those that have an input
// column: inputs     list<integer>   different things
// column: outputs    list<integer>   different things
// bounds: one index seek a uid, one row of columns; a count tells of no thing what it is
UNWIND $frontier AS uid
MATCH (done:Traceable {uid: uid})<-[used:CONSUMED_IN]-(input)
WHERE used.record_seq <= $head
  AND (used.voided_seq IS NULL OR used.voided_seq > $head)
WITH uid, done, count(DISTINCT CASE WHEN input.acl IN $see OR input.uid IN $named THEN input.uid END) AS inputs
MATCH (done)-[made:PRODUCED]->(output)
WHERE made.record_seq <= $head
  AND (made.voided_seq IS NULL OR made.voided_seq > $head)
WITH uid, inputs, count(DISTINCT CASE WHEN output.acl IN $see OR output.uid IN $named THEN output.uid END) AS outputs
RETURN collect(uid) AS uid, collect(inputs) AS inputs, collect(outputs) AS outputs

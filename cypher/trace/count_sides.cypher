// name:   trace.count_sides
// does:   how many different things went into transformations and came out of them, class-level ones counted
// mode:   read
// rows:   one
// param:  frontier   list<string>    uids of transformations, each once
// param:  see        list<integer>   acl numbers that may be shown; empty means none
// param:  named      list<string>    uids that may be shown besides; empty means none
// param:  through    boolean         whether what may not be shown is counted; where not, no more is told than that there is some
// param:  head       integer         record sequence asked about
// column: uid        list<string>    those that have an input and an output
// column: inputs     list<integer>   different things
// column: outputs    list<integer>   different things
// column: whole      list<boolean>   whether nothing on either side was left out of the counts
// bounds: one index seek a uid, one row of columns; a count tells of no thing what it is
UNWIND $frontier AS uid
MATCH (done:Traceable {uid: uid})<-[used:CONSUMED_IN]-(input)
WHERE used.record_seq <= $head
  AND (used.voided_seq IS NULL OR used.voided_seq > $head)
WITH uid, done, count(DISTINCT input.uid) AS all_inputs,
     count(DISTINCT CASE WHEN $through OR input.acl IN $see OR input.uid IN $named THEN input.uid END) AS inputs
MATCH (done)-[made:PRODUCED]->(output)
WHERE made.record_seq <= $head
  AND (made.voided_seq IS NULL OR made.voided_seq > $head)
WITH uid, inputs, all_inputs, count(DISTINCT output.uid) AS all_outputs,
     count(DISTINCT CASE WHEN $through OR output.acl IN $see OR output.uid IN $named THEN output.uid END) AS outputs
RETURN collect(uid) AS uid, collect(inputs) AS inputs, collect(outputs) AS outputs,
       collect(inputs = all_inputs AND outputs = all_outputs) AS whole

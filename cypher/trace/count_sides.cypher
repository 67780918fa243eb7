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
// column: dead_inputs   list<list>   per transformation, of each link into it that is not live: [transformation, input, record MAC]
// column: dead_outputs  list<list>   the same of links out of it
// bounds: one index seek a uid, one row of columns; a count tells of no thing what it is
UNWIND $frontier AS uid
MATCH (done:Traceable {uid: uid})<-[used:CONSUMED_IN]-(input)
WITH uid, done, input, used.mac AS mac, used.record_seq <= $head AND (used.voided_seq IS NULL OR used.voided_seq > $head) AS live
WITH uid, done, count(DISTINCT CASE WHEN live THEN input.uid END) AS all_inputs,
     count(DISTINCT CASE WHEN live AND ($through OR input.acl IN $see OR input.uid IN $named) THEN input.uid END) AS inputs,
     collect(CASE WHEN live THEN null ELSE [uid, input.uid, mac] END) AS dead_inputs
MATCH (done)-[made:PRODUCED]->(output)
WITH uid, all_inputs, inputs, dead_inputs, output, made.mac AS mac,
     made.record_seq <= $head AND (made.voided_seq IS NULL OR made.voided_seq > $head) AS live
WITH uid, all_inputs, inputs, dead_inputs, count(DISTINCT CASE WHEN live THEN output.uid END) AS all_outputs,
     count(DISTINCT CASE WHEN live AND ($through OR output.acl IN $see OR output.uid IN $named) THEN output.uid END) AS outputs,
     collect(CASE WHEN live THEN null ELSE [uid, output.uid, mac] END) AS dead_outputs
RETURN collect(uid) AS uid, collect(inputs) AS inputs, collect(outputs) AS outputs,
       collect(inputs = all_inputs AND outputs = all_outputs) AS whole,
       collect(dead_inputs) AS dead_inputs, collect(dead_outputs) AS dead_outputs

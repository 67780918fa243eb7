// name:   batch.count_recorded
// does:   how many things that an event is recorded of may be shown, what the whole organisation shares left out
// mode:   read
// rows:   one
// param:  uid      string          of the event
// param:  see      list<integer>   acl numbers that may be shown
// param:  named    list<string>    uids that may be shown besides; empty means none
// param:  shared   integer         acl number of what belongs to the organisation as a whole
// column: things   integer         0 where there is no such event
// bounds: one index seek, the event's RECORDED links
MATCH (event:Event {uid: $uid})-[:RECORDED]->(thing)
WHERE (thing.acl IN $see OR thing.uid IN $named)
  AND thing.acl <> $shared
RETURN count(thing) AS things

// name:   event.list_recorded
// does:   which events are recorded of each of some traceable things, void ones too, and how
// mode:   read
// rows:   one
// param:  uids   list<string>   uids of traceable things, each once
// column: node    list<string>   uid of the thing
// column: event   list<string>   uid of the event
// column: act     list<string>   describes, states or mentions; empty where it was taken away
// column: mac     list<bytes>    record MAC of that; null where there is none
// bounds: one index seek a uid, its RECORDED links, one row of columns
UNWIND $uids AS uid
MATCH (node:Traceable {uid: uid})<-[recorded:RECORDED]-(event:Event)
RETURN collect(node.uid) AS node, collect(event.uid) AS event,
       collect(coalesce(recorded.act, '')) AS act, [one IN collect(recorded) | one.mac] AS mac

// name:   trace.find_emptied
// does:   when everything was taken out of containers
// mode:   read
// rows:   one
// param:  frontier     list<string>    uids of containers, each once
// param:  see          list<integer>   acl numbers that may be shown; of other containers no time leaves the store
// param:  named        list<string>    uids that may be shown besides; empty means none
// param:  head         integer         record sequence asked about
// column: emptied      list<list>      container, event, stored time, record MAC of the link
// bounds: one index seek a uid, one row of columns
UNWIND $frontier AS uid
MATCH (container:Traceable {uid: uid})<-[link:EMPTIED]-(event:Event)
WHERE (container.acl IN $see OR container.uid IN $named)
  AND link.record_seq <= $head
  AND (link.voided_seq IS NULL OR link.voided_seq > $head)
RETURN collect([uid, event.uid, link.event_time, link.mac]) AS emptied

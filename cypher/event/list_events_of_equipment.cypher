// name:   event.list_events_of_equipment
// does:   the events recorded of one Equipment, void ones too, the latest first
// mode:   read
// rows:   many
// param:  uid    string    of the node
// column: properties     map        all properties
// column: act            string     describes, states or mentions
// column: act_mac        bytes?     record MAC of that
// bounds: one index seek, its RECORDED links
MATCH (node:Equipment {uid: $uid})<-[recorded:RECORDED]-(event:Event)
RETURN properties(event) AS properties, recorded.act AS act, recorded.mac AS act_mac
ORDER BY event.event_time DESC, event.uid DESC

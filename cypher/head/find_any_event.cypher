// name:   head.find_any_event
// does:   one event, whichever: where there is one, the counter of records cannot stand at 0
// mode:   read
// rows:   many
// column: uid   string   of the event
// bounds: one index range, one row
MATCH (event:Event)
WHERE event.uid > ''
RETURN event.uid AS uid
ORDER BY uid
LIMIT 1

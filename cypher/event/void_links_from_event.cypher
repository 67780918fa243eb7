// name:   event.void_links_from_event
// does:   takes links that start at some nodes of Event out of every later question
// mode:   write
// rows:   none
// param:  rows   list<map>   source, uids (of its links), macs (in the same order, null where there is none), voided_seq
// bounds: one index seek a row, all links that leave the node
UNWIND $rows AS row
MATCH (source:Event {uid: row.source})-[link]->()
WHERE link.uid IN row.uids AND link.voided_seq IS NULL
SET link.voided_seq = row.voided_seq,
    link.mac = [position IN range(0, size(row.uids) - 1) WHERE row.uids[position] = link.uid | row.macs[position]][0]

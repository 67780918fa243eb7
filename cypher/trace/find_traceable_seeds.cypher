// name:   trace.find_traceable_seeds
// does:   which of these uids may be shown and can be a seed
// mode:   read
// rows:   many
// param:  uids         list<string>    asked for
// param:  see          list<integer>   acl numbers that may be shown
// param:  named        list<string>    uids that may be shown besides; empty means none
// param:  head         integer         record sequence asked about
// param:  everywhere   boolean         whether every site is seen: parties that nothing is joined to, and what its acl hides from all
// column: uid          string          found, and within view
// column: kind         string          its kind
// column: labels       list<string>    every label
// column: mac          bytes?          record MAC
// column: record_seq   integer?        as it stands; the record MAC proves it
// column: shown        boolean         whether it may be shown by its acl
// bounds: one index seek a uid, the first link of a party that leads into the view
UNWIND $uids AS uid
MATCH (seed:Traceable {uid: uid})
WHERE ($everywhere OR seed.acl IN $see OR seed.uid IN $named)
  AND ($everywhere OR NOT ('Party' IN labels(seed)) OR EXISTS {
    MATCH (seed)-[link:SUPPLIED|DELIVERED_TO|USED_AT|SENT_BACK|ORDERED_BY]-(other)
    WHERE (other.acl IN $see OR other.uid IN $named)
      AND link.record_seq <= $head
      AND (link.voided_seq IS NULL OR link.voided_seq > $head)
  })
RETURN seed.uid AS uid, seed.kind AS kind, labels(seed) AS labels, seed.mac AS mac, seed.record_seq AS record_seq,
       (seed.acl IN $see OR seed.uid IN $named) AS shown
ORDER BY uid

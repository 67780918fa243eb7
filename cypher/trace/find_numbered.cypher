// name:   trace.find_numbered
// does:   everything with this printed number that may be shown, by plain number, blind index and receipt number, with what proves it
// mode:   read
// rows:   set
// param:  number_key   string          as `domain/identifiers.number_key` makes it
// param:  indexes      list<string>    blind indexes of the same number, one per kind whose number is sealed
// param:  see          list<integer>   acl numbers that may be shown
// param:  named        list<string>    uids that may be shown besides; empty means none
// param:  head         integer         record sequence asked about
// param:  everywhere   boolean         whether every site is seen: parties that nothing is joined to, and what its acl hides from all
// column: uid          string          of the node
// column: kind         string          its kind
// column: labels       list<string>    every label
// column: mac          bytes?          record MAC
// column: record_seq   integer?        as it stands; the record MAC proves it
// column: shown        boolean         whether it may be shown by its acl
// column: identity     string?         canonical, of what was found by its plain number
// column: sealed       bytes?          the same as ciphertext, of what was found by a blind index
// column: event        map?            all properties of the receipt
// column: act          string?         how it is recorded of the material
// column: act_mac      bytes?          record MAC of that
// bounds: one index seek a key, the receipts of that number, the first link of a party that leads into the view
MATCH (found:Traceable {number_key: $number_key})
WHERE ($everywhere OR found.acl IN $see OR found.uid IN $named) AND NOT ('Transformation' IN labels(found))
RETURN found.uid AS uid, found.kind AS kind, labels(found) AS labels, found.mac AS mac, found.record_seq AS record_seq,
       (found.acl IN $see OR found.uid IN $named) AS shown,
       found.identity AS identity, null AS sealed, null AS event, null AS act, null AS act_mac
UNION ALL
UNWIND $indexes AS index
MATCH (found:Traceable {number_index: index})
WHERE ($everywhere OR found.acl IN $see OR found.uid IN $named)
  AND ($everywhere OR NOT ('Party' IN labels(found)) OR EXISTS {
    MATCH (found)-[link:SUPPLIED|DELIVERED_TO|USED_AT|SENT_BACK|ORDERED_BY]-(other)
    WHERE (other.acl IN $see OR other.uid IN $named)
      AND link.record_seq <= $head
      AND (link.voided_seq IS NULL OR link.voided_seq > $head)
  })
RETURN found.uid AS uid, found.kind AS kind, labels(found) AS labels, found.mac AS mac, found.record_seq AS record_seq,
       (found.acl IN $see OR found.uid IN $named) AS shown,
       null AS identity, found.identity AS sealed, null AS event, null AS act, null AS act_mac
UNION ALL
MATCH (event:Event {receipt_key: $number_key})-[recorded:RECORDED]->(found:Material)
WHERE ($everywhere OR found.acl IN $see OR found.uid IN $named) AND event.record_seq <= $head AND (event.voided_seq IS NULL OR event.voided_seq > $head)
RETURN found.uid AS uid, found.kind AS kind, labels(found) AS labels, found.mac AS mac, found.record_seq AS record_seq,
       (found.acl IN $see OR found.uid IN $named) AS shown,
       null AS identity, null AS sealed, properties(event) AS event, recorded.act AS act, recorded.mac AS act_mac

// name:   probe.append_probe
// does:   makes one more node at every call: what is carried out twice is seen twice
// mode:   write
// rows:   none
// param:  uid     string   shared by all that belong to one test
// param:  value   string   anything
// bounds: one node
CREATE (:Probe {uid: $uid, value: $value})

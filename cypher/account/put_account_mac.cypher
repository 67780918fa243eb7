// name:   account.put_account_mac
// does:   proves an account anew after its sessions were ended
// mode:   write
// rows:   none
// param:  uid   string   32 hex digits
// param:  mac   bytes    proves what the service wrote
// bounds: one index seek, at most one node
MATCH (account:Account {uid: $uid})
SET account.mac = $mac

// name:   command.append_command
// does:   opens a write: its uid stands under uniqueness before anything else of it is done, so that it is done once
// mode:   write
// rows:   none
// param:  uid       string   32 hex digits, chosen by the caller for one write
// param:  attempt   string   16 hex digits, drawn for one transaction
// param:  act       string   what is done, such as "account:put"; may be empty
// param:  intent    string   command id of the intent on record that it belongs to; empty for none
// bounds: one node
CREATE (:Command {uid: $uid, attempt: $attempt, act: $act, intent: $intent})

// name:   feed.append_message
// does:   adds to the command of this transaction which message of a feed it took
// mode:   write
// rows:   none
// param:  uid          string        32 hex digits, the command of the transaction
// param:  message      string        uid of the feed, a colon, the sequence
// param:  digest       string        SHA-256 (hex) of its bytes
// param:  taken_at     string        stored time, UTC
// param:  counts       string        events, appended, known, voided, rejected
// param:  message_mac  bytes         proves what the service wrote
// bounds: one index seek, one node
MATCH (command:Command {uid: $uid})
SET command.message = $message, command.digest = $digest, command.taken_at = $taken_at, command.counts = $counts,
    command.message_mac = $message_mac

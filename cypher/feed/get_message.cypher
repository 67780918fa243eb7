// name:   feed.get_message
// does:   what became of a message of a feed
// mode:   read
// rows:   one
// param:  message  string        uid of the feed, a colon, the sequence
// column: message      string        uid of the feed, a colon, the sequence
// column: digest       string        SHA-256 (hex) of its bytes
// column: taken_at     string        stored time, UTC
// column: counts       string        events, appended, known, voided, rejected
// column: message_mac  bytes?        proves what the service wrote
// bounds: one index seek, at most one row
MATCH (command:Command {message: $message})
RETURN command.message AS message,
       command.digest AS digest,
       command.taken_at AS taken_at,
       command.counts AS counts,
       command.message_mac AS message_mac

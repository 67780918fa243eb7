// name:   approval.find_deciding
// does:   what a decision on an approval looks at: the approval, the account of whoever decides, and the session he does it in
// mode:   read
// rows:   one
// param:  approval  string   16 hex digits
// param:  account   string   32 hex digits
// param:  session   string   16 hex digits; empty: none
// column: approval  map?     the columns of approval.get_approval; null: there is none
// column: account   map?     the columns of account.get_account; null: there is none
// column: session   map?     the columns of session.get_session; null: there is none, or it is of another account
// bounds: three index seeks, exactly one row
OPTIONAL MATCH (approval:Approval {uid: $approval})
OPTIONAL MATCH (account:Account {uid: $account})
OPTIONAL MATCH (session:Session {uid: $session, account_uid: $account})
RETURN approval {
         .uid, .operation, .digest, .document, .words, .requester, .steps, .signatures, .requested_at, .expires_at,
         .state, .ended_by, .ended_at, .version, .mac
       } AS approval,
       account {
         .uid, .username, .password_hash, .printed_name, .role, .sites, .lines, .lots, .created_at, .disabled,
         .session_epoch, .factors, .factor_version, .person, .granted_at, .left_at, .provisional, .former_persons, .mac
       } AS account,
       session {
         .uid, .secret_hash, .account_uid, .binding, .begun_at, .seen_at, .ends_at, .address, .agent, .factor_due,
         .factor_at, .purpose, .grant, .left_network, .moved_at, .signed_at, .version, .factors
       } AS session

// name:   approval.put_signed_approval
// does:   one move of an approval, and that it was signed in a session, unless one of them was written since it was read
// mode:   write
// rows:   one
// param:  uid              string    16 hex digits
// param:  version          integer   the one that was read; of another one nothing is written
// param:  move             map       what approval.put_approval writes, and the next version
// param:  session          string    16 hex digits
// param:  session_version  integer   the one that was read; of another one nothing is written
// param:  signing          map       what session.put_session writes, and the next version
// column: uid   string   of the approval; no row where nothing was written
// bounds: two index seeks, at most two nodes, which are taken before their versions are compared
MATCH (approval:Approval {uid: $uid})
MATCH (session:Session {uid: $session})
SET approval.requested_at = approval.requested_at, session.begun_at = session.begun_at
WITH approval, session
WHERE approval.version = $version AND session.version = $session_version
SET approval += $move, session += $signing
RETURN approval.uid AS uid

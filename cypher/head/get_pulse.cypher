// name:   head.get_pulse
// does:   nothing but answer: server, sign-in and database are there
// mode:   read
// rows:   one
// column: pulse   integer   1
// bounds: touches no record
RETURN 1 AS pulse

// name:   event.find_acl_entries
// does:   the sets behind acl numbers, so that two sets that met in one number are found
// mode:   read
// rows:   set
// param:  numbers   list<integer>   acl numbers
// column: number   integer        the same
// column: scopes   list<string>   texts of its scopes
// bounds: one index seek a number
UNWIND $numbers AS number
MATCH (entry:AclEntry {number: number})
RETURN entry.number AS number, entry.scopes AS scopes

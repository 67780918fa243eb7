// name:   acl.list_entries
// does:   every interned set of scopes
// mode:   read
// rows:   many
// column: number   integer        what nodes carry in `acl`
// column: scopes   list<string>   scope texts, sorted
// bounds: one index range, one row a set
MATCH (entry:AclEntry)
WHERE entry.number >= 0
RETURN entry.number AS number, entry.scopes AS scopes
ORDER BY number

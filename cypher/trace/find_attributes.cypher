// name:   trace.find_attributes
// does:   what identifies traceable things; asked once at the end of a walk, of those that may be shown
// mode:   read
// rows:   one
// param:  uids            list<string>    each once
// param:  see             list<integer>   acl numbers that may be shown; of other nodes nothing leaves the store
// param:  named           list<string>    uids that may be shown besides; empty means none
// column: uid             list<string>    found, and within view
// column: kind            list<string>    kind
// column: number          list<string>    plain number; empty where there is none
// column: product         list<string>    product of lots; empty where there is none
// column: identity        list<string>    plain identity; empty where it is sealed
// column: acl             list<integer>   number of its set of scopes
// column: described       list<boolean>   whether some record describes it
// column: projected_seq   list<integer>   newest record that the stored properties stem from
// column: stated          list<list>      stamps of the properties that a lot's state is computed from
// column: expiry_date     list<string>    stored time; empty where there is none
// column: labels          list<list>      every label
// column: mac             list<bytes>     record MAC; null where there is none
// bounds: one index seek a uid, one row of columns
UNWIND $uids AS uid
MATCH (node:Traceable {uid: uid})
WHERE (node.acl IN $see OR node.uid IN $named)
WITH node, node.kind IN ['Material', 'Party', 'Operator'] AS sealed
RETURN collect(node.uid) AS uid,
       collect(coalesce(node.kind, '')) AS kind,
       collect(coalesce(node.number, '')) AS number,
       collect(coalesce(node.product, '')) AS product,
       collect(CASE WHEN sealed THEN '' ELSE coalesce(node.identity, '') END) AS identity,
       collect(node.acl) AS acl,
       collect(coalesce(node.described, false)) AS described,
       collect(coalesce(node.projected_seq, 0)) AS projected_seq,
       collect([entry IN coalesce(node.stated, [])
                WHERE entry STARTS WITH 'hold='
                   OR entry STARTS WITH 'inspection_result='
                   OR entry STARTS WITH 'release_'
                   OR entry STARTS WITH 'expiry_date=']) AS stated,
       collect(coalesce(node.expiry_date, '')) AS expiry_date,
       collect(labels(node)) AS labels,
       [one IN collect(node) | one.mac] AS mac

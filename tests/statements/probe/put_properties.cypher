// name:   probe.put_properties
// does:   keeps a value of every type
// mode:   write
// rows:   one
// param:  text      string          anything
// param:  number    integer         64 bits
// param:  flag      boolean         either
// param:  sealed    bytes           anything
// param:  texts     list<string>    may be empty
// param:  numbers   list<integer>   may be empty
// param:  nothing   string?         null
// column: text      string          as it came back
// column: number    integer         as it came back
// column: flag      boolean         as it came back
// column: sealed    bytes           as it came back
// column: texts     list<string>    as it came back
// column: numbers   list<integer>   as it came back
// column: nothing   string?         as it came back
// bounds: one node
CREATE (probe:Probe {text: $text, number: $number, flag: $flag, sealed: $sealed, texts: $texts, numbers: $numbers, nothing: $nothing})
RETURN probe.text AS text,
       probe.number AS number,
       probe.flag AS flag,
       probe.sealed AS sealed,
       probe.texts AS texts,
       probe.numbers AS numbers,
       probe.nothing AS nothing

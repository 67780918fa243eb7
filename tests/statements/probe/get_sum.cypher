// name:   probe.get_sum
// does:   works as long as it is asked to
// mode:   read
// rows:   one
// param:  until   integer   millions of numbers to go through
// column: sum     integer   of every seventh of them
// bounds: none, that is its purpose
UNWIND range(1, 1000) AS a
UNWIND range(1, 1000) AS b
UNWIND range(1, $until) AS c
WITH a + b + c AS number
WHERE number % 7 = 3
RETURN sum(number % 5) AS sum

// does:   the way to what an old key seals of break-glass accesses
CREATE INDEX grant_oldest_key IF NOT EXISTS FOR (n:Grant) ON (n.oldest_key);
MATCH (grant:Grant) WHERE grant.oldest_key IS NULL SET grant.oldest_key = 'T3.1';

// does:   the way to what an old key seals, and the key of accounts from before there were others
CREATE INDEX traceable_oldest_key IF NOT EXISTS FOR (n:Traceable) ON (n.oldest_key);
CREATE INDEX operator_oldest_key IF NOT EXISTS FOR (n:Operator) ON (n.oldest_key);
CREATE INDEX inspection_oldest_key IF NOT EXISTS FOR (n:Inspection) ON (n.oldest_key);
CREATE INDEX disposal_oldest_key IF NOT EXISTS FOR (n:Disposal) ON (n.oldest_key);
CREATE INDEX event_oldest_key IF NOT EXISTS FOR (n:Event) ON (n.oldest_key);
CREATE INDEX account_oldest_key IF NOT EXISTS FOR (n:Account) ON (n.oldest_key);
MATCH (account:Account) WHERE account.oldest_key IS NULL SET account.oldest_key = 'T3.1';

// does:   approvals: found by id, listed while they are open, and the way to what an old key seals of them
CREATE CONSTRAINT approval_uid IF NOT EXISTS FOR (n:Approval) REQUIRE n.uid IS UNIQUE;
CREATE INDEX approval_state IF NOT EXISTS FOR (n:Approval) ON (n.state);
CREATE INDEX approval_oldest_key IF NOT EXISTS FOR (n:Approval) ON (n.oldest_key);

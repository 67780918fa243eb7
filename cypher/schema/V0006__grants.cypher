// does:   break-glass: found by id, listed while it waits for its review
CREATE CONSTRAINT grant_uid IF NOT EXISTS FOR (n:Grant) REQUIRE n.uid IS UNIQUE;
CREATE INDEX grant_state IF NOT EXISTS FOR (n:Grant) ON (n.state);

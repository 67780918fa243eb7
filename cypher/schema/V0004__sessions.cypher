// does:   sessions of persons: found by the cookie, listed by person, ended by their public id
CREATE CONSTRAINT session_uid IF NOT EXISTS FOR (n:Session) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT session_secret_hash IF NOT EXISTS FOR (n:Session) REQUIRE n.secret_hash IS UNIQUE;
CREATE INDEX session_account_uid IF NOT EXISTS FOR (n:Session) ON (n.account_uid);
CREATE INDEX session_ends_at IF NOT EXISTS FOR (n:Session) ON (n.ends_at);

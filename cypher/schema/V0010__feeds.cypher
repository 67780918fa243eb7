// does:   feeds by name, and what became of their messages
CREATE CONSTRAINT feed_uid IF NOT EXISTS FOR (n:Feed) REQUIRE n.uid IS UNIQUE;
CREATE INDEX command_message IF NOT EXISTS FOR (n:Command) ON (n.message);

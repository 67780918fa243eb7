// does:   bearer tokens: listed by owner and by end
CREATE INDEX token_account_uid IF NOT EXISTS FOR (n:Token) ON (n.account_uid);
CREATE INDEX token_expires_at IF NOT EXISTS FOR (n:Token) ON (n.expires_at);

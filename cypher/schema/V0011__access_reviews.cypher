// does:   reviews of who may see what: found by id, listed by state, and the way to what an old key seals of them
CREATE CONSTRAINT access_review_uid IF NOT EXISTS FOR (n:AccessReview) REQUIRE n.uid IS UNIQUE;
CREATE INDEX access_review_state IF NOT EXISTS FOR (n:AccessReview) ON (n.state);
CREATE INDEX access_review_oldest_key IF NOT EXISTS FOR (n:AccessReview) ON (n.oldest_key);

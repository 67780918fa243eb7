// does:   recipients and outside deliveries: found by id, listed in their order, and the way to what an old key seals of them
CREATE CONSTRAINT recipient_uid IF NOT EXISTS FOR (n:Recipient) REQUIRE n.uid IS UNIQUE;
CREATE INDEX recipient_place IF NOT EXISTS FOR (n:Recipient) ON (n.place);
CREATE INDEX recipient_oldest_key IF NOT EXISTS FOR (n:Recipient) ON (n.oldest_key);
CREATE CONSTRAINT delivery_uid IF NOT EXISTS FOR (n:Delivery) REQUIRE n.uid IS UNIQUE;
CREATE INDEX delivery_place IF NOT EXISTS FOR (n:Delivery) ON (n.place);
CREATE INDEX delivery_oldest_key IF NOT EXISTS FOR (n:Delivery) ON (n.oldest_key);

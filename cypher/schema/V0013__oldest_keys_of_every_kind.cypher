// does:   the way to what an old key seals, of kinds that a change of the data dictionary can seal values of
CREATE INDEX location_oldest_key IF NOT EXISTS FOR (n:Location) ON (n.oldest_key);
CREATE INDEX order_oldest_key IF NOT EXISTS FOR (n:Order) ON (n.oldest_key);
CREATE INDEX equipment_oldest_key IF NOT EXISTS FOR (n:Equipment) ON (n.oldest_key);
CREATE INDEX product_oldest_key IF NOT EXISTS FOR (n:Product) ON (n.oldest_key);

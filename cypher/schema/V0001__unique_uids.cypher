// does:   one thing, one node: what is unique, by a name that both engines keep
CREATE CONSTRAINT schema_step_version IF NOT EXISTS FOR (n:SchemaStep) REQUIRE n.version IS UNIQUE;
CREATE CONSTRAINT head_name IF NOT EXISTS FOR (n:Head) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT command_uid IF NOT EXISTS FOR (n:Command) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT traceable_uid IF NOT EXISTS FOR (n:Traceable) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT event_uid IF NOT EXISTS FOR (n:Event) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT equipment_uid IF NOT EXISTS FOR (n:Equipment) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT operator_uid IF NOT EXISTS FOR (n:Operator) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT inspection_uid IF NOT EXISTS FOR (n:Inspection) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT product_uid IF NOT EXISTS FOR (n:Product) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT location_uid IF NOT EXISTS FOR (n:Location) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT order_uid IF NOT EXISTS FOR (n:Order) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT disposal_uid IF NOT EXISTS FOR (n:Disposal) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT acl_entry_number IF NOT EXISTS FOR (n:AclEntry) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT account_uid IF NOT EXISTS FOR (n:Account) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT account_username IF NOT EXISTS FOR (n:Account) REQUIRE n.username IS UNIQUE;
CREATE CONSTRAINT token_uid IF NOT EXISTS FOR (n:Token) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT token_hash IF NOT EXISTS FOR (n:Token) REQUIRE n.token_hash IS UNIQUE;

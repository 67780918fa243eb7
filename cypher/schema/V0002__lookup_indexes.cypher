// does:   the ways in: printed numbers, blind indexes, receipts, content of events, record time
CREATE INDEX traceable_number_key IF NOT EXISTS FOR (n:Traceable) ON (n.number_key);
CREATE INDEX traceable_number_index IF NOT EXISTS FOR (n:Traceable) ON (n.number_index);
CREATE INDEX event_receipt_key IF NOT EXISTS FOR (n:Event) ON (n.receipt_key);
CREATE INDEX event_content_mac IF NOT EXISTS FOR (n:Event) ON (n.content_mac);
CREATE INDEX command_record_time IF NOT EXISTS FOR (n:Command) ON (n.record_time);

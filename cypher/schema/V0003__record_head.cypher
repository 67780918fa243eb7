// does:   the one counter of records, from 0
MERGE (head:Head {name: 'record'}) ON CREATE SET head.seq = 0;

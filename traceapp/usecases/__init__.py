"""One act of one person per file: decide, do, disclose, record, return. The only place where the stations meet."""

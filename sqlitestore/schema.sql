-- The tables of records, records_201804 and so on, are made when the first
-- record of the month comes. See records.sql.

-- What one value is kept for: zone, last_id, ping.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- What records are counted by (aggregate.Key), coded by number. Texts repeat
-- here as often as a client has keys, which is some dozens of times.
CREATE TABLE keys (
	id        INTEGER PRIMARY KEY,
	client    TEXT NOT NULL,
	method    TEXT NOT NULL,
	operation TEXT NOT NULL,
	bank      TEXT NOT NULL,
	country   TEXT NOT NULL,
	error     TEXT NOT NULL -- the error code, not the text
) STRICT;

-- Records by civil day (days since 1970-01-01) and key.
CREATE TABLE sums (
	day INTEGER NOT NULL,
	key INTEGER NOT NULL,
	n   INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (day, key)
) STRICT, WITHOUT ROWID;

-- Bounds of the record ids that the events of one civil day have. Never too
-- narrow; too wide after a deletion.
CREATE TABLE days (
	day   INTEGER PRIMARY KEY,
	first INTEGER NOT NULL,
	last  INTEGER NOT NULL
) STRICT;

-- The audit of deletions, which is also what a deletion is resumed from.
CREATE TABLE deletions (
	id        INTEGER PRIMARY KEY,
	period    TEXT NOT NULL,    -- as it was written
	from_sec  INTEGER NOT NULL, -- its bounds: the text depends on the zone
	from_nano INTEGER NOT NULL,
	to_sec    INTEGER NOT NULL,
	to_nano   INTEGER NOT NULL,
	up_to     INTEGER NOT NULL, -- greatest record id it may remove
	by        TEXT NOT NULL,
	at_sec    INTEGER NOT NULL,
	at_nano   INTEGER NOT NULL,
	records   INTEGER NOT NULL, -- removed so far
	done      INTEGER NOT NULL  -- 0 while it runs
) STRICT;

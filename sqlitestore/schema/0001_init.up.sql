-- The tables of records, records_201804 and so on, are made when the first
-- record of the month comes. See records.sql.

-- What one value is kept for: zone, last_id, ping.
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- What records are counted by (aggregate.Key), coded by number. Texts repeat
-- here as often as a client has kinds of events, which is some dozens of times.
CREATE TABLE kinds (
	id        INTEGER PRIMARY KEY,
	client    TEXT NOT NULL,
	method    TEXT NOT NULL,
	operation TEXT NOT NULL,
	bank      TEXT NOT NULL,
	country   TEXT NOT NULL,
	error     TEXT NOT NULL -- the error code, not the text
) STRICT;

-- Records by civil day (days since 1970-01-01) and kind.
CREATE TABLE sums (
	day  INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	n    INTEGER NOT NULL CHECK (n > 0),
	PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;

-- Bounds of the record ids that the events of one hour (Unix time / 3600) have
-- in the table of one month. Never too narrow; too wide after a deletion.
CREATE TABLE spans (
	month INTEGER NOT NULL,
	hour  INTEGER NOT NULL,
	first INTEGER NOT NULL,
	last  INTEGER NOT NULL,
	PRIMARY KEY (month, hour)
) STRICT, WITHOUT ROWID;

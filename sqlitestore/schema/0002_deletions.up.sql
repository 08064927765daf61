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

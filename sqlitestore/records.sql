-- Not STRICT: checking the types again would cost a tenth of an Append.
CREATE TABLE IF NOT EXISTS records_%d (
	id    INTEGER PRIMARY KEY,
	sec   INTEGER NOT NULL, -- Unix time of the event
	nano  INTEGER NOT NULL,
	key   INTEGER NOT NULL,
	time  TEXT NOT NULL,    -- as written by the sender
	error TEXT              -- NULL when it equals the error code of the key
)

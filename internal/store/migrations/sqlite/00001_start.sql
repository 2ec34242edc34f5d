-- +goose Up
CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
);

-- A subscriber who leaves stays as a row: it keeps the address from coming
-- back with the next imported list.
CREATE TABLE subscriber (
	id          INTEGER PRIMARY KEY,
	address     TEXT   NOT NULL,        -- as mail is addressed; domain in lower case ASCII
	address_key TEXT   NOT NULL UNIQUE, -- the address in lower case
	name        TEXT   NOT NULL,
	state       TEXT   NOT NULL CHECK (state IN ('subscribed', 'unsubscribed')),
	created     BIGINT NOT NULL,
	changed     BIGINT NOT NULL
);

-- An edition is here from the moment it is frozen: all that its messages are
-- made of, so that every subscriber gets the same whatever is edited later.
CREATE TABLE edition (
	id     INTEGER PRIMARY KEY,
	digest TEXT NOT NULL,
	period TEXT NOT NULL,
	date   TEXT NOT NULL, -- when it was frozen, RFC 3339 in the site's zone: the Date of its messages
	hash   TEXT NOT NULL, -- of the issue
	issue  BLOB NOT NULL, -- JSON
	sender BLOB NOT NULL, -- JSON
	UNIQUE (digest, period)
);

-- The ledger: one row for each subscriber of the edition's audience.
CREATE TABLE delivery (
	id            INTEGER PRIMARY KEY,
	edition_id    BIGINT NOT NULL REFERENCES edition (id),
	subscriber_id BIGINT NOT NULL REFERENCES subscriber (id),
	address       TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	state         TEXT   NOT NULL DEFAULT 'pending' CHECK (state IN
		('pending', 'sending', 'accepted', 'failed', 'uncertain', 'skipped')),
	tries         INTEGER NOT NULL DEFAULT 0, -- that did not end in accepted
	code          INTEGER NOT NULL DEFAULT 0, -- SMTP reply code of the last try, or 0
	reason        TEXT    NOT NULL DEFAULT '', -- of the last outcome but accepted
	changed       BIGINT  NOT NULL,
	UNIQUE (edition_id, address)
);
CREATE INDEX delivery_in_order ON delivery (edition_id, id);

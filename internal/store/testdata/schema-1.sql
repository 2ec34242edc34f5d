CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1);
CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
);
CREATE TABLE subscriber (
	id          INTEGER PRIMARY KEY,
	address     TEXT   NOT NULL,
	address_key TEXT   NOT NULL UNIQUE,
	name        TEXT   NOT NULL,
	state       TEXT   NOT NULL CHECK (state IN ('subscribed', 'unsubscribed')),
	created     BIGINT NOT NULL,
	changed     BIGINT NOT NULL
);
CREATE TABLE edition (
	id     INTEGER PRIMARY KEY,
	digest TEXT NOT NULL,
	period TEXT NOT NULL,
	date   TEXT NOT NULL,
	hash   TEXT NOT NULL,
	issue  BLOB NOT NULL,
	sender BLOB NOT NULL,
	UNIQUE (digest, period)
);
CREATE TABLE delivery (
	id            INTEGER PRIMARY KEY,
	edition_id    BIGINT NOT NULL REFERENCES edition (id),
	subscriber_id BIGINT NOT NULL REFERENCES subscriber (id),
	address       TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	state         TEXT   NOT NULL DEFAULT 'pending' CHECK (state IN
		('pending', 'sending', 'accepted', 'failed', 'uncertain', 'skipped')),
	tries         INTEGER NOT NULL DEFAULT 0,
	code          INTEGER NOT NULL DEFAULT 0,
	reason        TEXT    NOT NULL DEFAULT '',
	changed       BIGINT  NOT NULL,
	UNIQUE (edition_id, address)
);
CREATE INDEX delivery_in_order ON delivery (edition_id, id);
INSERT INTO setting VALUES ('token_key', CAST('0123456789abcdef0123456789abcdef' AS BLOB));
INSERT INTO subscriber VALUES
	(1, 'Ada@example.org', 'ada@example.org', 'Ada', 'subscribed', 1633000000, 1633000000),
	(2, 'bob@example.org', 'bob@example.org', '', 'unsubscribed', 1633000000, 1633000001),
	(7, 'cleo@example.org', 'cleo@example.org', '', 'subscribed', 1633000002, 1633000002);
INSERT INTO edition VALUES (1, 'weekly', '2021-W39', '2021-10-04T06:00:00-04:00', 'h', '{}', '{}');
INSERT INTO delivery (id, edition_id, subscriber_id, address, name, state, changed) VALUES
	(1, 1, 1, 'Ada@example.org', 'Ada', 'accepted', 1633000003), (2, 1, 2, 'bob@example.org', '', 'pending', 1633000003);

-- +goose Up

-- What came by the public form, as it came. Every address gets its answer after
-- this one insert, so that no answer tells, by its words or its time, who is
-- subscribed; what is to be done is found out afterwards.
CREATE TABLE signup_request (
	id   INTEGER PRIMARY KEY,
	data BLOB   NOT NULL, -- JSON
	time BIGINT NOT NULL
);

-- Who was asked by mail to confirm: a new subscription, or a subscriber's new
-- address. Rows go after some days, confirmed or not, so that nothing is kept of
-- those who never said yes.
CREATE TABLE signup (
	id            INTEGER PRIMARY KEY,
	address       TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	topics        TEXT   NOT NULL, -- as in subscriber
	language      TEXT   NOT NULL,
	digests       TEXT   NOT NULL,
	origin        TEXT   NOT NULL, -- network address of who filled in the form
	consent       TEXT   NOT NULL, -- the words that were agreed to
	created       BIGINT NOT NULL,
	confirmed     BIGINT NOT NULL DEFAULT 0, -- when, or 0
	subscriber_id BIGINT REFERENCES subscriber (id) -- whose address it is to be; of a new one, who it became
);
CREATE INDEX signup_by_age ON signup (created);

-- Letters to one person each (confirm, welcome, …), put here in the transaction
-- of the change that they are about. Who was sent what is kept for two days, to
-- limit what one address gets.
CREATE TABLE outbox (
	id          INTEGER PRIMARY KEY,
	kind        TEXT    NOT NULL,
	address     TEXT    NOT NULL,
	address_key TEXT    NOT NULL,
	about       BIGINT  NOT NULL, -- id of the signup or subscriber, by kind
	created     BIGINT  NOT NULL,
	due         BIGINT  NOT NULL, -- when to try next; until then whoever took it has it
	tries       INTEGER NOT NULL DEFAULT 0,
	state       TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
	reason      TEXT    NOT NULL DEFAULT ''  -- of the last try that failed
);
CREATE INDEX outbox_due ON outbox (state, due);
CREATE INDEX outbox_of_address ON outbox (address_key, created);

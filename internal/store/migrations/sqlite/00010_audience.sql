-- +goose Up

-- What people agreed to, in the words that they saw. A changed wording is
-- another row.
CREATE TABLE consent_text (
	id   INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
);

-- The evidence of a consent. That of a list is shared by all who came with it;
-- its subscriber_id is NULL. One that a person gave is hers, and goes with her.
CREATE TABLE consent (
	id            INTEGER PRIMARY KEY,
	subscriber_id BIGINT REFERENCES subscriber (id),
	time          BIGINT NOT NULL,
	origin        TEXT   NOT NULL, -- "192.0.2.7", "import list.csv"
	text_id       BIGINT NOT NULL REFERENCES consent_text (id)
);
CREATE INDEX consent_of_subscriber ON consent (subscriber_id);

-- The state gets more values, of which active was called subscribed. A new
-- column takes the place of the old one, because SQLite can't change a CHECK;
-- it asks for active first, because the list costs an import a fifth of its time.
ALTER TABLE subscriber ADD COLUMN status TEXT NOT NULL DEFAULT 'active' CHECK (status = 'active' OR status IN
	('pending', 'active', 'paused', 'unsubscribed', 'bounced', 'complained', 'erased'));
UPDATE subscriber SET status = 'unsubscribed' WHERE state = 'unsubscribed';
ALTER TABLE subscriber DROP COLUMN state;
ALTER TABLE subscriber RENAME COLUMN status TO state;

ALTER TABLE subscriber ADD COLUMN paused_until BIGINT NOT NULL DEFAULT 0; -- when a pause ends by itself, or 0
ALTER TABLE subscriber ADD COLUMN language TEXT NOT NULL DEFAULT ''; -- BCP 47, or '' for every one
ALTER TABLE subscriber ADD COLUMN topics   TEXT NOT NULL DEFAULT ''; -- slugs, sorted, a space between; '' is all
ALTER TABLE subscriber ADD COLUMN digests  TEXT NOT NULL DEFAULT ''; -- names of digests, likewise
ALTER TABLE subscriber ADD COLUMN consent_id BIGINT; -- of a consent, the latest; NULL if none is known

-- Who must never be written to again, although nothing else is kept: the
-- HMAC-SHA256 of the address by the key in setting suppression_key.
CREATE TABLE suppression (
	hash    BLOB   PRIMARY KEY,
	reason  TEXT   NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'erased')),
	created BIGINT NOT NULL
);

-- Who changed what, and when. It holds no personal data, so that it can be kept
-- when a subscriber is erased, and rows are only added.
CREATE TABLE audit (
	id            INTEGER PRIMARY KEY,
	time          BIGINT NOT NULL,
	actor         TEXT   NOT NULL, -- "command by root", "link"
	action        TEXT   NOT NULL, -- "add", "import", "unsubscribe"
	subscriber_id BIGINT REFERENCES subscriber (id), -- NULL: all who came with consent_id
	consent_id    BIGINT, -- that the change was made on; a person's consent may be gone
	detail        TEXT   NOT NULL  -- "active to paused"
);
CREATE INDEX audit_of_subscriber ON audit (subscriber_id);

-- To find a person's deliveries when she asks what is known of her, or to erase it.
CREATE INDEX delivery_of_subscriber ON delivery (subscriber_id);

-- sqlite only
-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit log are not changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit log are not deleted');
END;
-- +goose StatementEnd
-- end

-- postgres only
-- +goose StatementBegin
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of the audit log are neither changed nor deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_keep();
-- end

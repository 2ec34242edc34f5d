-- +goose Up

-- Whose mail brought a change about, where that is known: by the link in it, or by
-- the address to which it came back. Until now it stood in detail alone.
ALTER TABLE audit ADD COLUMN edition_id BIGINT;

-- sqlite only
DROP TRIGGER audit_update;
UPDATE audit SET edition_id = CAST(SUBSTR(detail, INSTR(detail, '; edition ') + 10) AS INTEGER)
	WHERE action IN ('bounce', 'soft bounce', 'complaint', 'unsubscribe') AND INSTR(detail, '; edition ') > 0;
-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit log are not changed');
END;
-- +goose StatementEnd
-- end

-- postgres only
DROP TRIGGER audit_keep ON audit;
UPDATE audit SET edition_id = CAST(SUBSTRING(detail FROM '; edition ([0-9]+)$') AS BIGINT)
	WHERE action IN ('bounce', 'soft bounce', 'complaint', 'unsubscribe') AND detail ~ '; edition [0-9]+$';
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_keep();
-- end

CREATE INDEX audit_by_time ON audit (time);
CREATE INDEX audit_of_edition ON audit (edition_id, action) WHERE edition_id IS NOT NULL;

-- What happened to the audience on each day that is over, counted once from the
-- audit log. The day is that of a time zone; a row of the event kept, whose count is
-- 0, tells that the day and all before it are here.
CREATE TABLE audience_day (
	zone  TEXT   NOT NULL, -- "America/New_York"
	day   TEXT   NOT NULL, -- "2021-10-04"
	event TEXT   NOT NULL,
	count BIGINT NOT NULL,
	PRIMARY KEY (zone, day, event)
);

-- How an edition went, counted once from the ledger when it was done. If the tally
-- is no longer what it was then, the rows are counted again.
CREATE TABLE edition_numbers (
	edition_id BIGINT PRIMARY KEY,
	tally      TEXT   NOT NULL,
	data       BLOB   NOT NULL -- JSON
);

-- Which mail server gave the last answer to a delivery; 0: none, or it was before
-- there was this column. A number takes a tenth of the room that a name would.
CREATE TABLE relay_number (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);
ALTER TABLE delivery ADD COLUMN relay_id BIGINT NOT NULL DEFAULT 0;

-- When a worker's last message was accepted, in seconds since 1970; 0: none was.
ALTER TABLE tally ADD COLUMN accepted_at BIGINT NOT NULL DEFAULT 0;

-- +goose Up

-- Who did what with an edition, and when: approved it, scheduled it, sent it,
-- stopped it. Rows are only added. An edition need not be frozen to have some.
CREATE TABLE edition_log (
	id     INTEGER PRIMARY KEY,
	time   BIGINT NOT NULL,
	digest TEXT   NOT NULL,
	period TEXT   NOT NULL,
	actor  TEXT   NOT NULL, -- an editor's name, "command", "schedule"
	action TEXT   NOT NULL, -- "approve", "send"
	hash   TEXT   NOT NULL, -- of what subscribers would get, as approvals have it, or ''
	detail TEXT   NOT NULL  -- "in spite of errors: …"
);
CREATE INDEX edition_log_of_edition ON edition_log (digest, period, id);

-- sqlite only
-- +goose StatementBegin
CREATE TRIGGER edition_log_update BEFORE UPDATE ON edition_log BEGIN
	SELECT RAISE(ABORT, 'rows of the log are not changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER edition_log_delete BEFORE DELETE ON edition_log BEGIN
	SELECT RAISE(ABORT, 'rows of the log are not deleted');
END;
-- +goose StatementEnd
-- end

-- postgres only
-- +goose StatementBegin
CREATE FUNCTION edition_log_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of the log are neither changed nor deleted';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER edition_log_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON edition_log EXECUTE FUNCTION edition_log_keep();
-- end

-- When an edition is to be sent, if somebody said so. The row goes when it is sent,
-- withdrawn, or missed for too long.
CREATE TABLE edition_appointment (
	digest   TEXT   NOT NULL,
	period   TEXT   NOT NULL,
	time     BIGINT NOT NULL,
	actor    TEXT   NOT NULL,
	hash     TEXT   NOT NULL, -- of what was to be sent when it was scheduled
	override TEXT   NOT NULL, -- why it goes out in spite of errors, or ''
	trouble  TEXT   NOT NULL DEFAULT '', -- why it did not go out at its time
	PRIMARY KEY (digest, period)
);

-- How fast editions went out: one row a process that sent some of one.
CREATE TABLE edition_run (
	id       INTEGER PRIMARY KEY,
	digest   TEXT   NOT NULL,
	period   TEXT   NOT NULL,
	time     BIGINT NOT NULL, -- of its end
	accepted BIGINT NOT NULL, -- messages
	millis   BIGINT NOT NULL  -- between the first of them and the last
);
CREATE INDEX edition_run_of_digest ON edition_run (digest, id);

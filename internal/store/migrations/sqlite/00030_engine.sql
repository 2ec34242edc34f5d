-- +goose Up

-- The states of a delivery get two more: leased and deferred. A new column takes
-- the place of the old one, because SQLite can't change a CHECK.
ALTER TABLE delivery ADD COLUMN status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN
	('pending', 'leased', 'sending', 'accepted', 'deferred', 'failed', 'uncertain', 'skipped'));
ALTER TABLE delivery ADD COLUMN due BIGINT NOT NULL DEFAULT 0;      -- when a deferred one is tried again; 0 in every other state
ALTER TABLE delivery ADD COLUMN shard_id BIGINT NOT NULL DEFAULT 0; -- who had it last, or 0

-- What an older newsdesk was sending when it was stopped, nobody knows any more.
UPDATE delivery SET tries = tries + 1, reason = 'newsdesk was stopped between the message and the server''s reply'
	WHERE state = 'sending';
UPDATE delivery SET status = CASE
	WHEN state = 'sending' THEN 'uncertain'
	WHEN state = 'pending' AND tries > 0 THEN 'deferred'
	ELSE state END,
	due = CASE WHEN state = 'pending' AND tries > 0 THEN 1 ELSE 0 END;
ALTER TABLE delivery DROP COLUMN state;
ALTER TABLE delivery RENAME COLUMN status TO state;

-- What is left to be sent, in the order in which it is; and what went wrong.
-- Both are small at an edition's end, however large its audience.
CREATE INDEX delivery_open ON delivery (edition_id, due, id) WHERE state IN ('pending', 'deferred');
CREATE INDEX delivery_problem ON delivery (edition_id, id) WHERE state IN ('failed', 'uncertain');

-- A shard is some hundred deliveries that one worker took at once. Its number
-- is never given twice, so that the rows of this table are not deleted: whoever
-- had a delivery by an older shard can't change it any more.
CREATE TABLE shard (
	id         INTEGER PRIMARY KEY,
	edition_id BIGINT  NOT NULL,
	worker     INTEGER NOT NULL,
	expires    BIGINT  NOT NULL, -- when others may take its deliveries, in milliseconds since 1970; 0: it has none any more
	first_id   BIGINT  NOT NULL, -- its deliveries are among these
	last_id    BIGINT  NOT NULL
);
CREATE INDEX shard_open ON shard (edition_id, expires) WHERE expires > 0;

-- How many deliveries of an edition are in each state: the sum over the workers,
-- each of which changes its own row only and so waits for no other. A number can
-- be negative: one worker deferred what another sent.
CREATE TABLE tally (
	edition_id BIGINT  NOT NULL,
	worker     INTEGER NOT NULL, -- 0: a command
	accepted   BIGINT  NOT NULL,
	deferred   BIGINT  NOT NULL,
	failed     BIGINT  NOT NULL,
	uncertain  BIGINT  NOT NULL,
	skipped    BIGINT  NOT NULL,
	PRIMARY KEY (edition_id, worker)
);
INSERT INTO tally (edition_id, worker, accepted, deferred, failed, uncertain, skipped)
	SELECT edition_id, 0,
		COUNT(CASE state WHEN 'accepted' THEN 1 END),
		COUNT(CASE state WHEN 'deferred' THEN 1 END),
		COUNT(CASE state WHEN 'failed' THEN 1 END),
		COUNT(CASE state WHEN 'uncertain' THEN 1 END),
		COUNT(CASE state WHEN 'skipped' THEN 1 END)
	FROM delivery GROUP BY edition_id;

ALTER TABLE edition ADD COLUMN state TEXT NOT NULL DEFAULT 'frozen' CHECK (state IN
	('frozen', 'sending', 'paused', 'cancelled', 'done'));
ALTER TABLE edition ADD COLUMN audience BIGINT NOT NULL DEFAULT 0;
UPDATE edition SET audience = (SELECT COUNT(*) FROM delivery WHERE edition_id = edition.id);
UPDATE edition SET state = CASE
	WHEN NOT EXISTS (SELECT 1 FROM delivery d WHERE d.edition_id = edition.id AND d.state IN ('pending', 'deferred')) THEN 'done'
	WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.edition_id = edition.id AND d.state <> 'pending') THEN 'sending'
	ELSE 'frozen' END;

-- What is known of a mail server, so that a restart does not forget it.
CREATE TABLE relay (
	name     TEXT PRIMARY KEY,
	failures INTEGER NOT NULL, -- connections in a row that broke
	until    BIGINT  NOT NULL, -- it is left alone until then, in milliseconds since 1970; 0: it is not
	reason   TEXT    NOT NULL  -- of the last failure
);

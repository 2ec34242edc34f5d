PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
INSERT INTO goose_db_version VALUES(1,0,1,'2026-11-22 11:48:16');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-11-22 11:48:16');
INSERT INTO goose_db_version VALUES(3,2,1,'2026-11-22 11:48:16');
INSERT INTO goose_db_version VALUES(4,4,1,'2026-11-22 11:48:17');
INSERT INTO goose_db_version VALUES(5,10,1,'2026-11-22 11:48:17');
INSERT INTO goose_db_version VALUES(6,12,1,'2026-11-22 11:48:17');
INSERT INTO goose_db_version VALUES(7,20,1,'2026-11-22 11:48:17');
INSERT INTO goose_db_version VALUES(8,30,1,'2026-11-22 11:48:17');
INSERT INTO goose_db_version VALUES(9,31,1,'2026-11-22 11:48:17');
INSERT INTO goose_db_version VALUES(10,25,1,'2026-11-22 14:43:46');
INSERT INTO goose_db_version VALUES(11,40,1,'2026-11-22 14:43:46');
INSERT INTO goose_db_version VALUES(12,45,1,'2026-11-22 14:43:46');
INSERT INTO goose_db_version VALUES(13,50,1,'2026-11-22 14:43:46');
INSERT INTO goose_db_version VALUES(14,60,1,'2026-11-22 14:43:46');
CREATE TABLE setting (
	name  TEXT PRIMARY KEY,
	value BLOB NOT NULL
);
INSERT INTO setting VALUES('token_key',X'3031323334353637383961626364656630313233343536373839616263646566');
CREATE TABLE subscriber (
	id          INTEGER PRIMARY KEY,
	address     TEXT   NOT NULL,
	address_key TEXT   NOT NULL UNIQUE,
	name        TEXT   NOT NULL,
	created     BIGINT NOT NULL,
	changed     BIGINT NOT NULL
, state TEXT NOT NULL DEFAULT 'active' CHECK (state = 'active' OR state IN
	('pending', 'active', 'paused', 'unsubscribed', 'bounced', 'complained', 'erased')), paused_until BIGINT NOT NULL DEFAULT 0, language TEXT NOT NULL DEFAULT '', topics   TEXT NOT NULL DEFAULT '', digests  TEXT NOT NULL DEFAULT '', consent_id BIGINT);
INSERT INTO subscriber VALUES(1,'Ada@example.org','ada@example.org','Ada',1633000000,1633000000,'active',0,'de','','weekly',5);
INSERT INTO subscriber VALUES(2,'bob@example.org','bob@example.org','',1633000000,1633000001,'unsubscribed',0,'','','',NULL);
INSERT INTO subscriber VALUES(7,'cleo@example.org','cleo@example.org','',1633000002,1633000002,'active',0,'','','',NULL);
CREATE TABLE edition (
	id     INTEGER PRIMARY KEY,
	digest TEXT NOT NULL,
	period TEXT NOT NULL,
	date   TEXT NOT NULL,
	hash   TEXT NOT NULL,
	issue  BLOB NOT NULL,
	sender BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'frozen' CHECK (state IN
	('frozen', 'sending', 'paused', 'cancelled', 'done')), audience BIGINT NOT NULL DEFAULT 0,
	UNIQUE (digest, period)
);
INSERT INTO edition VALUES(1,'weekly','2021-W39','2021-10-04T06:00:00-04:00','h','{}','{}','sending',2);
CREATE TABLE delivery (
	id            INTEGER PRIMARY KEY,
	edition_id    BIGINT NOT NULL REFERENCES edition (id),
	subscriber_id BIGINT NOT NULL REFERENCES subscriber (id),
	address       TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	tries         INTEGER NOT NULL DEFAULT 0,
	code          INTEGER NOT NULL DEFAULT 0,
	reason        TEXT    NOT NULL DEFAULT '',
	changed       BIGINT  NOT NULL, state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
	('pending', 'leased', 'sending', 'accepted', 'deferred', 'failed', 'uncertain', 'skipped')), due BIGINT NOT NULL DEFAULT 0, shard_id BIGINT NOT NULL DEFAULT 0, segment_id BIGINT, relay_id BIGINT NOT NULL DEFAULT 0,
	UNIQUE (edition_id, address)
);
INSERT INTO delivery VALUES(1,1,1,'Ada@example.org','Ada',0,0,'',1633000003,'accepted',0,0,NULL,1);
INSERT INTO delivery VALUES(2,1,2,'bob@example.org','',0,0,'',1633000003,'pending',0,0,NULL,0);
CREATE TABLE edition_article (
	edition_id BIGINT  NOT NULL REFERENCES edition (id),
	article    TEXT    NOT NULL, -- its ID
	shown      INTEGER NOT NULL CHECK (shown IN (0, 1)), -- 0: left to the site
	PRIMARY KEY (edition_id, article)
);
INSERT INTO edition_article VALUES(1,'rural-clinics',1);
CREATE TABLE edition_page (
	edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
	listing    BLOB NOT NULL, -- JSON, without the content
	content    BLOB NOT NULL, -- HTML, for the feeds of issues
	html       BLOB NOT NULL  -- without the links to the issues before and after
);
INSERT INTO edition_page VALUES(1,'{}','<p>x</p>','<html>x</html>');
CREATE TABLE consent_text (
	id   INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
);
INSERT INTO consent_text VALUES(1,'I agree to get the digest');
CREATE TABLE consent (
	id            INTEGER PRIMARY KEY,
	subscriber_id BIGINT REFERENCES subscriber (id),
	time          BIGINT NOT NULL,
	origin        TEXT   NOT NULL, -- "192.0.2.7", "import list.csv"
	text_id       BIGINT NOT NULL REFERENCES consent_text (id)
);
INSERT INTO consent VALUES(5,1,1632700000000,'192.0.2.7',1);
CREATE TABLE suppression (
	hash    BLOB   PRIMARY KEY,
	reason  TEXT   NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'erased')),
	created BIGINT NOT NULL
);
INSERT INTO suppression VALUES(X'00ff0102','complained',1632700000000);
CREATE TABLE audit (
	id            INTEGER PRIMARY KEY,
	time          BIGINT NOT NULL,
	actor         TEXT   NOT NULL, -- "command by root", "link"
	action        TEXT   NOT NULL, -- "add", "import", "unsubscribe"
	subscriber_id BIGINT REFERENCES subscriber (id), -- NULL: all who came with consent_id
	consent_id    BIGINT, -- that the change was made on; a person's consent may be gone
	detail        TEXT   NOT NULL  -- "active to paused"
, edition_id BIGINT);
INSERT INTO audit VALUES(9,1632700000000,'command by root','add',1,5,'to active',NULL);
CREATE TABLE returned (
	id   TEXT   PRIMARY KEY,
	time BIGINT NOT NULL
);
INSERT INTO returned VALUES('r1',1632700000000);
CREATE TABLE soft_bounce (
	subscriber_id BIGINT PRIMARY KEY REFERENCES subscriber (id),
	score         DOUBLE PRECISION NOT NULL,
	edition_id    BIGINT NOT NULL, -- whose mail came back last, or 0
	time          BIGINT NOT NULL
);
INSERT INTO soft_bounce VALUES(7,1.5,1,1632700000000);
CREATE TABLE signup_request (
	id   INTEGER PRIMARY KEY,
	data BLOB   NOT NULL, -- JSON
	time BIGINT NOT NULL
);
INSERT INTO signup_request VALUES(3,'{"email":"dora@example.org"}',1632700000000);
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
INSERT INTO signup VALUES(4,'dora@example.org','Döra','','','','192.0.2.8','I agree to get the digest',1632700000000,0,NULL);
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
, language TEXT NOT NULL DEFAULT '');
INSERT INTO outbox VALUES(6,'confirm','dora@example.org','dora@example.org',4,1632700000000,1632700000000,1,'queued','451 later','de');
CREATE TABLE shard (
	id         INTEGER PRIMARY KEY,
	edition_id BIGINT  NOT NULL,
	worker     INTEGER NOT NULL,
	expires    BIGINT  NOT NULL, -- when others may take its deliveries, in milliseconds since 1970; 0: it has none any more
	first_id   BIGINT  NOT NULL, -- its deliveries are among these
	last_id    BIGINT  NOT NULL
);
INSERT INTO shard VALUES(12,1,1,0,1,2);
CREATE TABLE tally (
	edition_id BIGINT  NOT NULL,
	worker     INTEGER NOT NULL, -- 0: a command
	accepted   BIGINT  NOT NULL,
	deferred   BIGINT  NOT NULL,
	failed     BIGINT  NOT NULL,
	uncertain  BIGINT  NOT NULL,
	skipped    BIGINT  NOT NULL, accepted_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (edition_id, worker)
);
INSERT INTO tally VALUES(1,0,1,0,0,0,0,1633000004);
CREATE TABLE relay (
	name     TEXT PRIMARY KEY,
	failures INTEGER NOT NULL, -- connections in a row that broke
	until    BIGINT  NOT NULL, -- it is left alone until then, in milliseconds since 1970; 0: it is not
	reason   TEXT    NOT NULL  -- of the last failure
);
INSERT INTO relay VALUES('127.0.0.1:2525',3,1632700000000,'connection refused');
CREATE TABLE edition_segment (
	id         INTEGER PRIMARY KEY,
	edition_id BIGINT NOT NULL REFERENCES edition (id),
	hash       TEXT   NOT NULL, -- of the issue
	issue      BLOB   NOT NULL, -- JSON, gzip
	UNIQUE (edition_id, hash)
);
INSERT INTO edition_segment VALUES(2,1,'abc',X'1f8b');
CREATE TABLE edition_selection (
	edition_id BIGINT NOT NULL REFERENCES edition (id),
	topics     TEXT   NOT NULL, -- as in subscriber
	language   TEXT   NOT NULL, -- as in subscriber
	segment_id BIGINT REFERENCES edition_segment (id), -- NULL: the edition has nothing for them
	PRIMARY KEY (edition_id, topics, language)
);
INSERT INTO edition_selection VALUES(1,'telehealth','',2);
CREATE TABLE audience_day (
	zone  TEXT   NOT NULL, -- "America/New_York"
	day   TEXT   NOT NULL, -- "2021-10-04"
	event TEXT   NOT NULL,
	count BIGINT NOT NULL,
	PRIMARY KEY (zone, day, event)
);
INSERT INTO audience_day VALUES('America/New_York','2021-09-26','added',3);
CREATE TABLE edition_numbers (
	edition_id BIGINT PRIMARY KEY,
	tally      TEXT   NOT NULL,
	data       BLOB   NOT NULL -- JSON
);
INSERT INTO edition_numbers VALUES(1,'1 0 1',X'7b7d');
CREATE TABLE relay_number (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);
INSERT INTO relay_number VALUES(1,'127.0.0.1:2525');
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
INSERT INTO edition_log VALUES(1,1632700000000,'weekly','2021-W39','Zoë','approve','abc','');
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
INSERT INTO edition_appointment VALUES('weekly','2021-W40',1633700000000,'Zoë','abc','','');
CREATE TABLE edition_run (
	id       INTEGER PRIMARY KEY,
	digest   TEXT   NOT NULL,
	period   TEXT   NOT NULL,
	time     BIGINT NOT NULL, -- of its end
	accepted BIGINT NOT NULL, -- messages
	millis   BIGINT NOT NULL  -- between the first of them and the last
);
INSERT INTO edition_run VALUES(1,'weekly','2021-W39',1633000004000,1,20);
CREATE TABLE warmup_day (
	relay TEXT    NOT NULL,
	day   TEXT    NOT NULL, -- 2026-01-05, in the site's zone
	used  INTEGER NOT NULL,
	PRIMARY KEY (relay, day)
);
INSERT INTO warmup_day VALUES('127.0.0.1:2525','2021-10-04',64);
CREATE TABLE throttle (
	name    TEXT   PRIMARY KEY,        -- "relay NAME" or "domain NAME"
	rate    DOUBLE PRECISION NOT NULL, -- messages a second
	top     DOUBLE PRECISION NOT NULL, -- at which the row goes
	changed BIGINT NOT NULL,           -- when rate was, in milliseconds since 1970
	reason  TEXT   NOT NULL            -- the reply
);
INSERT INTO throttle VALUES('domain example.org',2.5,10.0,1633000004000,'421 slow down');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',14);
CREATE INDEX delivery_in_order ON delivery (edition_id, id);
CREATE INDEX consent_of_subscriber ON consent (subscriber_id);
CREATE INDEX audit_of_subscriber ON audit (subscriber_id);
CREATE INDEX delivery_of_subscriber ON delivery (subscriber_id);
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit log are not deleted');
END;
CREATE INDEX returned_by_age ON returned (time);
CREATE INDEX soft_bounce_by_age ON soft_bounce (time);
CREATE INDEX signup_by_age ON signup (created);
CREATE INDEX outbox_due ON outbox (state, due);
CREATE INDEX outbox_of_address ON outbox (address_key, created);
CREATE INDEX delivery_open ON delivery (edition_id, due, id) WHERE state IN ('pending', 'deferred');
CREATE INDEX delivery_problem ON delivery (edition_id, id) WHERE state IN ('failed', 'uncertain');
CREATE INDEX shard_open ON shard (edition_id, expires) WHERE expires > 0;
CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN
	SELECT RAISE(ABORT, 'rows of the audit log are not changed');
END;
CREATE INDEX audit_by_time ON audit (time);
CREATE INDEX audit_of_edition ON audit (edition_id, action) WHERE edition_id IS NOT NULL;
CREATE INDEX edition_log_of_edition ON edition_log (digest, period, id);
CREATE TRIGGER edition_log_update BEFORE UPDATE ON edition_log BEGIN
	SELECT RAISE(ABORT, 'rows of the log are not changed');
END;
CREATE TRIGGER edition_log_delete BEFORE DELETE ON edition_log BEGIN
	SELECT RAISE(ABORT, 'rows of the log are not deleted');
END;
CREATE INDEX edition_run_of_digest ON edition_run (digest, id);
CREATE INDEX subscriber_selection ON subscriber (state, topics, language)
	WHERE state <> 'active' OR topics <> '' OR language <> '';
COMMIT;

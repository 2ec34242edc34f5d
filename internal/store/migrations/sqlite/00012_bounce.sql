-- +goose Up

-- What mails that came back said was taken: each by its ID, so that none counts
-- twice. Rows go after half a year; by then nobody reads that mail again.
CREATE TABLE returned (
	id   TEXT   PRIMARY KEY,
	time BIGINT NOT NULL
);
CREATE INDEX returned_by_age ON returned (time);

-- How often mail to a subscriber did not arrive lately. The score was so at time,
-- and halves every 30 days.
CREATE TABLE soft_bounce (
	subscriber_id BIGINT PRIMARY KEY REFERENCES subscriber (id),
	score         DOUBLE PRECISION NOT NULL,
	edition_id    BIGINT NOT NULL, -- whose mail came back last, or 0
	time          BIGINT NOT NULL
);
CREATE INDEX soft_bounce_by_age ON soft_bounce (time);

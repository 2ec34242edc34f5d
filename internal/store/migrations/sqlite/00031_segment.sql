-- +goose Up

-- The parts of an edition: one row for all selections of topics and language that
-- choose the same bytes. The whole edition is in table edition.
CREATE TABLE edition_segment (
	id         INTEGER PRIMARY KEY,
	edition_id BIGINT NOT NULL REFERENCES edition (id),
	hash       TEXT   NOT NULL, -- of the issue
	issue      BLOB   NOT NULL, -- JSON, gzip
	UNIQUE (edition_id, hash)
);

-- What each selection of the audience came to when the edition was frozen. Those
-- that are not here get the whole edition.
CREATE TABLE edition_selection (
	edition_id BIGINT NOT NULL REFERENCES edition (id),
	topics     TEXT   NOT NULL, -- as in subscriber
	language   TEXT   NOT NULL, -- as in subscriber
	segment_id BIGINT REFERENCES edition_segment (id), -- NULL: the edition has nothing for them
	PRIMARY KEY (edition_id, topics, language)
);

-- The part that is sent; NULL: the whole edition, as everybody got it before.
ALTER TABLE delivery ADD COLUMN segment_id BIGINT;

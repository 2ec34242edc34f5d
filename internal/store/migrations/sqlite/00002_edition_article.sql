-- +goose Up

-- The articles that an edition held when it was frozen, so that no later one of
-- its digest has them again. Editions that were frozen before there was this
-- table have no rows: nobody knows any more what was in them.
CREATE TABLE edition_article (
	edition_id BIGINT  NOT NULL REFERENCES edition (id),
	article    TEXT    NOT NULL, -- its ID
	shown      INTEGER NOT NULL CHECK (shown IN (0, 1)), -- 0: left to the site
	PRIMARY KEY (edition_id, article)
);

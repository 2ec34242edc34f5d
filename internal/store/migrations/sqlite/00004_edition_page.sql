-- +goose Up

-- What is public of an edition that was frozen: its page, and what the list of
-- issues and their feeds say of it. Later edits of articles and templates change
-- none of them. Editions that were frozen before there was this table have no row.
CREATE TABLE edition_page (
	edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
	listing    BLOB NOT NULL, -- JSON, without the content
	content    BLOB NOT NULL, -- HTML, for the feeds of issues
	html       BLOB NOT NULL  -- without the links to the issues before and after
);

-- +goose Up
-- The language in which a letter is written (BCP 47); '' is the site's.
ALTER TABLE outbox ADD COLUMN language TEXT NOT NULL DEFAULT '';

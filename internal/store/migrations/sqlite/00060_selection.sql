-- +goose Up

-- sqlite only
-- So that to count the audience reads neither a million rows nor sorts them. Most
-- subscribers are active and chose nothing: they are not in it, so a list of them is
-- imported as fast as without it, and what is missing in it is they. PostgreSQL
-- counts rows by itself fast enough, with a hash and in parallel.
CREATE INDEX subscriber_selection ON subscriber (state, topics, language)
	WHERE state <> 'active' OR topics <> '' OR language <> '';
-- end

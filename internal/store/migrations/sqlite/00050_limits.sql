-- +goose Up

-- How many messages a relay that is being warmed up was given on a day, by all
-- workers together. What a worker has and did not send it gives back at its end.
CREATE TABLE warmup_day (
	relay TEXT    NOT NULL,
	day   TEXT    NOT NULL, -- 2026-01-05, in the site's zone
	used  INTEGER NOT NULL,
	PRIMARY KEY (relay, day)
);

-- Relays and recipients' domains that asked for a slower pace, and how slow it is
-- now: all workers together keep it. Those that are back at their own pace have no row.
CREATE TABLE throttle (
	name    TEXT   PRIMARY KEY,        -- "relay NAME" or "domain NAME"
	rate    DOUBLE PRECISION NOT NULL, -- messages a second
	top     DOUBLE PRECISION NOT NULL, -- at which the row goes
	changed BIGINT NOT NULL,           -- when rate was, in milliseconds since 1970
	reason  TEXT   NOT NULL            -- the reply
);

package main

// checkFeeds checks the values of feeds.
func (c *Config) checkFeeds(fault func(key, format string, args ...any)) {
	f := &c.Feeds
	if f.Items < 1 {
		fault("feeds.items", "%d (want 1 or more)", f.Items)
	}
	if f.Bytes < 1 {
		fault("feeds.bytes", "%d (want 1 or more; 524288 is 512 KiB)", f.Bytes)
	}
	if f.TTL < 1 {
		fault("feeds.ttl", "%d (want 1 minute or more)", f.TTL)
	}
	oneOf := oneOf(fault)
	oneOf("feeds.link", f.Link, "page", "original")
	oneOf("feeds.content", f.Content, "full", "summary", "none")
	if f.Archive {
		fault("feeds.archive", "archive pages are not in this version (want false)")
	}
}

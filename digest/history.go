package digest

// History says which articles were in editions that were sent, or frozen to be
// sent. It is an input of Compile, so that nothing is in one digest twice,
// whatever is edited later.
type History struct {
	// Since is the name of the digest's oldest recorded period, "" if there is
	// none. Articles before it are nobody's late arrivals.
	Since string

	// Period names the period of the edition that an article was in, by
	// Article.ID.
	Period map[string]string
}

package web

// page is the data of preview.html. It holds plain values: whatever is shown is
// decided here, the templates only say where.
type page struct {
	Version  int
	Site     string
	Title    string // of the browser's tab
	Weeks    []weekOption
	Shown    string // name of the edition that is chosen, or ""
	Older    string // name of the edition before this one, or ""
	Newer    string
	Problems []notice
	Empty    *notice      // why there is no mail to see, or nil
	Edition  *editionView // nil exactly if Empty is not
	Checks   *checks      // nil before the first desk
}

// notice is a heading and what is to be said below it.
type notice struct{ Title, Text string }

type weekOption struct{ Name, Words string }

// newPage gathers what the page of one period shows. A proof that comes with an
// error is the last good one.
func newPage(now snapshot, name string, proof *Proof, err error) *page {
	p := &page{Version: now.version, Site: "newsdesk", Title: "Preview", Problems: problems(now, err)}
	if now.desk != nil {
		p.fromDesk(now.desk, name, proof)
	}
	if proof == nil || proof.Issue == nil {
		p.Empty = whyEmpty(now, name, proof, err)
		return p
	}
	p.Edition = newEdition(proof)
	p.Title = proof.Issue.Subject
	return p
}

func (p *page) fromDesk(desk *Desk, name string, proof *Proof) {
	if desk.Site != "" {
		p.Site = desk.Site
	}
	for _, w := range desk.Editions {
		p.Weeks = append(p.Weeks, weekOption{w.Name, w.Words()})
	}
	if at, ok := desk.week(name); ok {
		p.Shown = name
		if at > 0 {
			p.Newer = desk.Editions[at-1].Name
		}
		if at+1 < len(desk.Editions) {
			p.Older = desk.Editions[at+1].Name
		}
	}
	p.Checks = newChecks(desk.Report, proof)
}

// problems are what stands between the files and the page.
func problems(now snapshot, err error) []notice {
	var all []notice
	if now.loadErr != nil {
		title := "The content could not be loaded"
		if now.desk != nil {
			title += ". Below is the last good state"
		}
		all = append(all, notice{title, now.loadErr.Error()})
	}
	if err != nil {
		all = append(all, notice{"This edition could not be rendered", err.Error()})
	}
	if now.watchErr != nil {
		all = append(all, notice{"Some changes will go unseen. Reload the page to see them", now.watchErr.Error()})
	}
	return all
}

func whyEmpty(now snapshot, name string, proof *Proof, err error) *notice {
	switch {
	case now.version == 0:
		return &notice{"Loading…", "The articles are being read."}
	case now.desk == nil, err != nil:
		return &notice{"Nothing to show yet", "As soon as what is named above is put right and saved, the edition appears here by itself."}
	case proof != nil:
		return &notice{"This edition is empty", "Nothing would be sent. The checks tell why each article is not in it."}
	case len(now.desk.Editions) == 0:
		return &notice{"No articles yet", "Save an article in the content folder, and its edition appears here by itself. Files that were left out are listed with the checks."}
	}
	return &notice{"There is no edition " + name, "No article was published in it. The others are in the list."}
}

package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/web"
)

// desk is one load of the editors' desk: the articles and a press for each digest.
type desk struct {
	app      *app
	config   *Config
	articles *corpus.Corpus
	presses  map[string]*press
	order    []*press // the first is the one that the command asks for
}

// loadDesk reads everything anew, the configuration included, but of the
// articles only those that changed. Edition files are the page's to read.
func (a *app) loadDesk(ctx context.Context, w asked, changed []string) (*web.Desk, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	a.contentChanged(c, changed)
	frozen, err := newestFrozen(ctx, c) // before the history of editions is read
	if err != nil {
		return nil, err
	}
	d, err := a.newDesk(ctx, c, w)
	if err != nil {
		return nil, err
	}
	articles, report, err := a.read(ctx, c, d.order[0].want)
	if err != nil {
		return nil, err
	}
	d.articles = articles
	page := &web.Desk{
		Site: c.Site.Title, Report: report, Heads: articles.Heads, Topics: articles.Topics,
		ImagesURL: imagesURL(c),
		Editions:  filepath.Join(c.Content.Dir, editionsDir), Own: ownHosts(c),
		Watch: watched(c), Due: a.due,
		Render: func(w web.Wanted) (*web.Proof, error) { return d.render(context.WithoutCancel(ctx), w) },
		Post:   d, Readers: d.Readers, Frozen: frozen,
	}
	if images, err := a.folders.folder(c.Content.Images.Dir); err == nil { // links out of it are not followed
		page.Images = images
	}
	if c.Content.Index != "" {
		page.Approved = filepath.Join(c.Content.Index, "approved")
	}
	for _, p := range d.order {
		series := web.Series{Name: p.Name, Title: p.Title, Periods: p.periods(articles.Heads)}
		if latest, err := p.period(articles.Heads); err == nil {
			series.Latest = latest.Name
		}
		page.Digests = append(page.Digests, series)
	}
	return page, nil
}

// newestFrozen is web.Desk's Frozen.
func newestFrozen(ctx context.Context, c *Config) (int64, error) {
	db, err := openForReading(ctx, c)
	if db == nil || err != nil {
		return 0, err
	}
	frozen, _, err := delivery.Newest(ctx, db)
	return frozen, errors.Join(err, db.Close())
}

// newDesk makes a press for every digest.
func (a *app) newDesk(ctx context.Context, c *Config, w asked) (*desk, error) {
	first, err := a.series(ctx, c, w)
	if err != nil {
		return nil, err
	}
	all := []*series{first}
	var others []*digestSettings
	for _, settings := range c.digests {
		if settings.Name != first.Name {
			others = append(others, settings)
		}
	}
	if len(others) > 0 {
		more, err := a.allSeries(ctx, c, others...)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	d := &desk{app: a, config: c, presses: make(map[string]*press)}
	for _, s := range all {
		p, err := a.newPress(s)
		if err != nil {
			return nil, err
		}
		d.presses[s.Name] = p
		d.order = append(d.order, p)
	}
	return d, nil
}

// render makes an edition by the functions that send uses.
func (d *desk) render(ctx context.Context, w web.Wanted) (*web.Proof, error) {
	p := d.presses[w.Digest]
	o := p.rule()
	o.Choices = w.Choices
	articles, err := d.app.readMore(ctx, d.config, d.articles, digest.Wanted(d.articles.Heads, w.Period, o))
	if err != nil {
		return nil, err
	}
	edition := digest.Compile(articles, w.Period, o)
	if err := p.pictures.prepare(ctx, edition, func(problem string) { d.app.note("%s", problem) }); err != nil {
		return nil, err
	}
	return p.proof(edition, w.Selection)
}

// proof renders the part of an edition that a segment gets; the zero Selection is
// the whole.
func (p *press) proof(edition *digest.Edition, s digest.Selection) (*web.Proof, error) {
	part := edition.Select(s)
	proof := &web.Proof{Edition: part, Pictures: p.pictures.of(edition)}
	if part.Empty() {
		return proof, nil
	}
	var err error
	if proof.Issue, err = p.templates.Render(edition, s); err != nil {
		return nil, err
	}
	sample, err := p.sample(proof.Issue, edition.Period)
	if err != nil {
		return nil, err
	}
	proof.EML, proof.Hash = sample.eml, p.hash(proof.Issue)
	return proof, nil
}

// ownHosts are the hosts whose links need no second look.
func ownHosts(c *Config) []string { return []string{hostOf(c.Site.URL), hostOf(c.feedsURL())} }

func watched(c *Config) []string {
	folders := []string{c.Content.Dir, c.Content.Images.Dir}
	if c.Look.Templates != "" {
		folders = append(folders, c.Look.Templates)
	}
	return folders
}

// imagesURL is where the site serves the featured images; it ends in a slash.
func imagesURL(c *Config) string {
	u, err := corpus.Options{Site: c.Site.URL, ImagesURL: c.Content.Images.URL}.ImagesBase()
	if err != nil {
		return ""
	}
	return u.String()
}

package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

func (a *app) feedCommand() *cobra.Command {
	build := a.watchFlag(&cobra.Command{
		Use:   "build",
		Short: "Write RSS, Atom and JSON feeds of all articles and of each topic",
		Long: `Write rss.xml, atom.xml and feed.json of all articles to the output folder and
of each topic to topic/<slug>/ in it, with feeds.opml and index.html, which list
them, and feed.css, by which a browser shows them. With feeds.by there is also a feed of each language (language/<tag>/),
vocabulary, source, author or offering (source/<slug>/ and so on), and
feeds.named makes feeds of what you combine (named/<slug>/). A file is written
whole or not at all, and only if it changed.`,
		Args: cobra.NoArgs,
	}, a.buildFeeds)
	return group("feed", "Feeds", "Feeds of all articles and of each topic.", build, a.feedCheckCommand(), a.publishCommand(), a.pingCommand())
}

func (a *app) buildFeeds(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	a.noSite(c)
	p := planFeeds(c)
	articles, report, err := a.load(ctx, c, p.want)
	if err != nil {
		return err
	}
	stats, err := a.writeFeeds(ctx, c, articles, p)
	if err != nil {
		return err
	}
	err = a.tell(map[string]any{"articles": len(articles.Heads), "topics": len(articles.Topics), "feeds": newFeedsJSON(stats), "report": checkResult(report)},
		articlesRow(articles, report), feedsRow(c, stats), a.timeRow())
	if err == nil && broken(report) {
		return incomplete()
	}
	return err
}

// feedPlan plans the feeds once, when the heads are known.
type feedPlan struct {
	options feed.Options
	*feed.Plan
}

func planFeeds(c *Config) *feedPlan { return &feedPlan{options: feedOptions(c)} }

// want wants what the feeds show.
func (p *feedPlan) want(heads []*corpus.Head) []*corpus.Head {
	p.Plan = feed.NewPlan(heads, p.options)
	return p.Wanted()
}

func (a *app) writeFeeds(ctx context.Context, c *Config, articles *corpus.Corpus, p *feedPlan) (feed.Stats, error) {
	dir, err := outputFolder(ctx, c)
	if err != nil {
		return feed.Stats{}, err
	}
	defer dir.Close()
	if feed.OthersPage(dir, "index.html") {
		return feed.Stats{}, fmt.Errorf("%s is not newsdesk's: is it the site's home page? (name another folder with --out or feeds.dir)", filepath.Join(c.Feeds.Dir, "index.html"))
	}
	templates, err := siteTemplates(c)
	if err != nil {
		return feed.Stats{}, err
	}
	if err := p.Err(); err != nil {
		return feed.Stats{}, err
	}
	made := a.made(c, dir)
	feeds := p.Build(articles)
	later, err := a.writeLater(ctx, c, dir, feeds, templates, made, articles, p.Later())
	if err != nil {
		made.Save() // what is in its place need not be made again
		return later, err
	}
	articles, err = a.readMore(ctx, c, articles, feed.Needed(feeds, templates, made))
	if err != nil {
		return feed.Stats{}, err
	}
	feed.Fill(feeds, articles)
	a.tellEmpty(feeds)
	stats, err := feed.Write(dir, feeds, templates, made)
	stats.Add(later)
	if err != nil {
		return stats, notWritten(c.Feeds.Dir, err)
	}
	if stats.Kept > 0 {
		a.note("%s in %s: not newsdesk's, left as it is (feeds.pages: false makes no pages)", plural(stats.Kept, "file"), c.Feeds.Dir)
	}
	if err := made.Save(); err != nil { // costs time, not output
		a.note("%s cannot be written (%v); the next run makes every feed anew", c.Content.Index, err)
	}
	return stats, nil
}

// writeLater writes what takes more articles than memory has room for: it reads
// them a few at a time.
func (a *app) writeLater(ctx context.Context, c *Config, dir *atomicfile.Dir, feeds []*feed.Feed, templates fs.FS, made *atomicfile.Made, articles *corpus.Corpus, heads []*corpus.Head) (feed.Stats, error) {
	if len(heads) == 0 {
		return feed.Stats{}, nil
	}
	boundMemory(len(articles.Heads), true, a.folders.watching)
	later := articles.Later(heads)
	read := func(heads []*corpus.Head) (*corpus.Corpus, error) {
		more, findings, err := later.Read(ctx, heads)
		a.printFindings(c, corpus.Report{Findings: findings})
		return more, err
	}
	stats, err := feed.WriteLater(dir, feeds, templates, made, later.Known(), read)
	for _, notice := range later.Remember() {
		a.note("%s", notice)
	}
	if err != nil {
		return stats, notWritten(c.Feeds.Dir, err)
	}
	return stats, nil
}

// tellEmpty tells of feeds that no article is in, which is likely a misspelt name.
func (a *app) tellEmpty(feeds []*feed.Feed) {
	for _, f := range feeds {
		if f.Kind == feed.KindNamed && f.Count == 0 {
			a.note("no article is in %s: does feeds.named spell its topics, sources and so on as the articles do?", strings.TrimSuffix(f.Path, "/"))
		}
	}
}

func feedOptions(c *Config) feed.Options {
	return feed.Options{
		Site:  feed.Site{Title: c.Site.Title, Description: c.Site.Description, URL: c.Site.URL, Language: c.Site.Language},
		URL:   c.Feeds.URL,
		Items: c.Feeds.Items, Bytes: c.Feeds.Bytes, TTL: c.Feeds.TTL, Pages: c.Feeds.Pages, Hubs: c.Feeds.Hubs,
		By: feedKinds(c), Named: namedFeeds(c), Removed: feed.Removed(c.Feeds.Removed), Archive: c.Feeds.Archive,
		Link: feed.Link(c.Feeds.Link), Content: feed.Content(c.Feeds.Content),
		Generator: "newsdesk", Rights: c.Site.Rights, Icon: onSite(c, c.Site.Logo), Logo: siteLogo(c), Accent: c.Look.Accent,
		Words: c.Look.words,
	}
}

// siteLogo measures the site's logo, which RSS wants to know the size of. It is
// nil if its file is not in the images folder: then it is only an icon.
func siteLogo(c *Config) *corpus.Image {
	url := onSite(c, c.Site.Logo)
	name, inside := strings.CutPrefix(url, imagesURL(c))
	images, err := os.OpenRoot(c.Content.Images.Dir)
	if err != nil || !inside {
		return nil
	}
	defer images.Close()
	logo, err := corpus.MeasureImage(images.FS(), name)
	if err != nil {
		return nil
	}
	logo.URL, logo.Alt = url, c.Site.Title
	return &logo
}

// onSite makes a URL of the configuration absolute.
func onSite(c *Config, ref string) string {
	if ref == "" || isHTTP(ref) {
		return ref
	}
	return strings.TrimRight(c.Site.URL, "/") + "/" + strings.TrimLeft(ref, "/")
}

type feedsJSON struct {
	Feeds   int   `json:"feeds"`
	Files   int   `json:"files"`
	Written int   `json:"written"`
	Kept    int   `json:"kept"`
	Bytes   int64 `json:"bytes"`
	Removed int   `json:"removed"`
}

func newFeedsJSON(s feed.Stats) feedsJSON { return feedsJSON(s) }

func articlesRow(articles *corpus.Corpus, report corpus.Report) row {
	text := "in " + plural(len(articles.Topics), "topic")
	if n := len(report.LeftOut); n > 0 {
		text += "; " + number(n) + " left out: " + leftOutReasons(report)
	}
	return row{"articles", number(len(articles.Heads)), text}
}

func feedsRow(c *Config, s feed.Stats) row {
	text := fmt.Sprintf("in %d formats; %s changed of %s; %s", len(feed.Formats), number(s.Written), plural(s.Files, "file"), shown(c.Feeds.Dir, "index.html"))
	if s.Removed > 0 {
		text += "; " + number(s.Removed) + " there no longer: " + c.Feeds.Removed
	}
	return row{"feeds", number(s.Feeds), text}
}

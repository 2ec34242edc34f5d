package main

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/feed"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/web"
	"github.com/medigy/newsdesk/internal/websub"
)

func (a *app) pingCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:   "ping",
		Short: "Tell the WebSub hubs which feeds changed",
		Long: `Tell each of feeds.hubs (WebSub, PubSubHubbub) of the feeds in the output folder
that changed since it was last told, so that subscribers get news at once. The hub
then fetches them, so run this when they are public: after rsync, or at the end of
a deployment. "feed publish" and "serve" do it by themselves.

What the hubs have accepted is kept in websub.json in the folder content.index, or
in .websub.json in the output folder if there is none. Keep it between runs: without
it every feed is told. A hub that is down is tried a few times; the next run makes
up for it. The exit code is 3 if a hub could not be told of everything.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.ping(c.Context(), dryRun) },
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "list what would be told; tell nothing")
	return c
}

func (a *app) ping(ctx context.Context, dryRun bool) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if len(c.Feeds.Hubs) == 0 {
		return usage("there is no hub to tell (set feeds.hubs)")
	}
	topics, err := outputTopics(c)
	if err != nil {
		return err
	}
	results := a.tellHubs(ctx, c, c.Feeds.Hubs, topics, dryRun)
	if a.flags.json {
		err = a.printJSON(map[string]any{"dry_run": dryRun, "hubs": newHubsJSON(results)})
	} else if !a.flags.quiet {
		if dryRun {
			a.listDue(results)
		}
		printRows(a.stdout, append(hubRows(results, dryRun), a.timeRow()))
	}
	if err == nil && !dryRun && slices.ContainsFunc(results, func(r websub.Result) bool { return r.Left() > 0 }) {
		return incomplete()
	}
	return err
}

// isTopic reports whether a file of the output is a feed that a hub can be asked
// for; the pages of archives are none.
func isTopic(name string) bool {
	return slices.ContainsFunc(feed.Formats, func(f feed.Format) bool { return f.File == path.Base(name) })
}

// topic is a feed of the output as hubs know it; at is feeds.url.
func topic(at, name string, content []byte) websub.Topic {
	return websub.Topic{URL: feed.FileURL(at, name), Hash: websub.Hash(content)}
}

// outputTopics are the feeds in the output folder.
func outputTopics(c *Config) ([]websub.Topic, error) {
	out, err := os.OpenRoot(c.Feeds.Dir)
	if err != nil {
		return nil, notBuilt(c, err)
	}
	defer out.Close()
	var topics []websub.Topic
	err = fs.WalkDir(out.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && strings.HasPrefix(e.Name(), ".") && name != ".":
			return fs.SkipDir
		case !e.Type().IsRegular() || !isTopic(name):
			return nil
		}
		data, err := fs.ReadFile(out.FS(), name)
		topics = append(topics, topic(c.feedsURL(), name, data))
		return err
	})
	if err == nil && len(topics) == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, notBuilt(c, err)
	}
	return topics, nil
}

// tellHubs tells hubs, and the person at the keyboard what they did not take.
func (a *app) tellHubs(ctx context.Context, c *Config, hubs []string, topics []websub.Topic, dryRun bool) []websub.Result {
	if c.Content.Index != "" && !dryRun {
		if store, err := openState(c); err == nil { // else the record tells what is wrong
			store.Close()
		}
	}
	results, err := websub.Run(ctx, topics, hubRecord(c), a.hubOptions(hubs, dryRun))
	if err != nil {
		a.warn("%v", err)
	}
	for _, r := range results {
		if r.Err != nil {
			a.warn("%s was not told of %s: %v; the next run makes up for it", r.Hub, plural(r.Left(), "feed"), r.Err)
		}
	}
	return results
}

func (a *app) hubOptions(hubs []string, dryRun bool) websub.Options {
	return websub.Options{
		Hubs: hubs, DryRun: dryRun, Now: a.clock,
		Sleep:  a.sleep,
		Jitter: func(d time.Duration) time.Duration { return d/2 + rand.N(d) },
	}
}

// hubRecord is the file of what the hubs have accepted. It belongs to this
// machine's state, of which the index is the rest; without one it is in the output
// folder, hidden, so that it is neither served nor published.
func hubRecord(c *Config) websub.Record {
	if c.Content.Index == "" {
		return websub.Record{Folder: c.Feeds.Dir, File: ".websub.json"}
	}
	return websub.Record{Folder: c.Content.Index, File: "websub.json"}
}

// openState opens the folder of newsdesk's own files, which no version control is
// to have.
func openState(c *Config) (*atomicfile.Dir, error) {
	store, err := atomicfile.Open(c.Content.Index)
	if err != nil {
		return nil, err
	}
	if _, err := store.Write(".gitignore", []byte("*\n")); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

func (a *app) listDue(results []websub.Result) {
	for _, r := range results {
		for _, url := range r.Due {
			fmt.Fprintf(a.stdout, "tell  %s  %s\n", r.Hub, url)
		}
	}
}

func hubRows(results []websub.Result, dryRun bool) []row {
	var rows []row
	for _, r := range results {
		text := "of " + plural(len(r.Due), "changed feed") + " to " + r.Hub
		if dryRun {
			text = "to " + r.Hub + "; nothing was done: a dry run"
			rows = append(rows, row{"tell", number(len(r.Due)), text})
			continue
		}
		rows = append(rows, row{"told", number(len(r.Told)), text})
	}
	return rows
}

type hubJSON struct {
	Hub   string   `json:"hub"`
	Due   []string `json:"due"`
	Told  []string `json:"told"`
	Error string   `json:"error,omitempty"`
}

func newHubsJSON(results []websub.Result) []hubJSON {
	list := []hubJSON{}
	for _, r := range results {
		j := hubJSON{Hub: r.Hub, Due: append([]string{}, r.Due...), Told: append([]string{}, r.Told...)}
		if r.Err != nil {
			j.Error = r.Err.Error()
		}
		list = append(list, j)
	}
	return list
}

// tellOfServed tells hubs of the feeds as they are served, and gives the time after
// which to do it again. Where the record is, and nothing else, is c's: feeds.hubs
// and feeds.url are those of what is served.
func (a *app) tellOfServed(ctx context.Context, c *Config, server *web.Server) time.Duration {
	served, feeds := server.Feeds()
	if len(served.Hubs) == 0 || c.Feeds.Publish != "" {
		return 0
	}
	var topics []websub.Topic
	for name, data := range feeds {
		if isTopic(name) {
			topics = append(topics, topic(served.URL, name, data))
		}
	}
	results := a.tellHubs(ctx, c, served.Hubs, topics, false)
	told, failed, left := 0, 0, 0
	for _, r := range results {
		told, failed, left = told+len(r.Told), failed+r.Failed, left+r.Left()
		if len(r.Told) > 0 {
			a.note("%s was told of %s", r.Hub, plural(len(r.Told), "feed"))
		}
	}
	server.Pinged(told, failed, left)
	return websub.Again(results)
}

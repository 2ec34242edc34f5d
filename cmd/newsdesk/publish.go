package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/internal/publish"
	"github.com/medigy/newsdesk/internal/websub"
)

func (a *app) publishCommand() *cobra.Command {
	var o publish.Options
	var ping bool
	c := &cobra.Command{
		Use:   "publish [URL]",
		Short: "Put the output folder where readers fetch it: a folder or an S3 bucket",
		Long: `Put the output folder, as "build" left it, to URL or feeds.publish:

  file:///srv/www/feeds?gzip=true
      a folder of this machine or a mounted one; with gzip=true a NAME.gz beside
      each text, for servers that send those (nginx: gzip_static, Caddy: precompressed)
  s3://bucket/prefix?endpoint=https://HOST&region=REGION
      a bucket of AWS (without endpoint), R2, B2, Google or another that speaks S3

Only what changed is put, with the Content-Type and Cache-Control that readers
need; pages and images first, then feeds, then the pages that list them. What is
no longer in the output folder is deleted there at the end. What newsdesk did not
put there it neither deletes nor, without --adopt, replaces; newsdesk-published.json
lists what it did put. If a run is interrupted, the next one goes on.
Hidden files are left out. _headers is for CDNs: it has each feed's Content-Type,
Cache-Control and, with feeds.hubs, Link. At the end those hubs are told which feeds
changed (see "feed ping"), but not when feeds.publish is another place than URL.
A hub that is down changes no exit code.

For a bucket, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment are
the key, and AWS_SESSION_TOKEN, AWS_REGION and AWS_ENDPOINT_URL_S3 are heard; or
AWS_SHARED_CREDENTIALS_FILE names a file like ~/.aws/credentials, AWS_PROFILE the
profile in it.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.publish(c.Context(), args, o, ping) },
	}
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "tell what would be done; do nothing")
	c.Flags().BoolVar(&o.Keep, "keep", false, "delete nothing")
	c.Flags().BoolVar(&ping, "ping", true, "tell feeds.hubs which feeds changed")
	c.Flags().BoolVar(&o.Adopt, "adopt", false, "replace files that newsdesk did not put there, too")
	return c
}

func (a *app) publish(ctx context.Context, args []string, o publish.Options, ping bool) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	at, err := publishLocation(c, args)
	if err != nil {
		return err
	}
	out, err := os.OpenRoot(c.Feeds.Dir)
	if err != nil {
		return notBuilt(c, err)
	}
	defer out.Close()
	target, err := at.Open(publishCredentials())
	if errors.Is(err, publish.ErrNoCredentials) {
		return usage("%w", err)
	}
	if err != nil {
		return err
	}
	defer target.Close()
	var topics []websub.Topic
	if ping && a.isPublic(c, args) {
		topics, err = outputTopics(c) // before they are put: what is built meanwhile is the next run's
	}
	if err != nil {
		return err
	}
	bar := a.newBar("publishing", false)
	o.URL, o.TTL, o.Hubs, o.Gzip, o.Progress = c.feedsURL(), c.Feeds.TTL, c.Feeds.Hubs, at.Gzip, bar.tell
	result, err := publish.Run(ctx, out.FS(), target, o)
	bar.end()
	if err != nil {
		return a.publishFailed(ctx, c, result, err)
	}
	var hubs []websub.Result
	if topics != nil {
		hubs = a.tellHubs(ctx, c, c.Feeds.Hubs, topics, o.DryRun)
	}
	return a.tellPublished(target, result, hubs, o.DryRun)
}

// isPublic reports whether there are hubs that will fetch what is published: with
// feeds.publish, that place is public, and another is rather a rehearsal.
func (a *app) isPublic(c *Config, args []string) bool {
	if len(c.Feeds.Hubs) == 0 {
		return false
	}
	if len(args) == 0 || c.Feeds.Publish == "" || args[0] == c.Feeds.Publish {
		return true
	}
	a.note("the hubs are not told: feeds.publish is another place (newsdesk feed ping tells them)")
	return false
}

// publishLocation is the argument or feeds.publish, with what the environment
// says of buckets.
func publishLocation(c *Config, args []string) (*publish.Location, error) {
	text := c.Feeds.Publish
	if len(args) > 0 {
		text = args[0]
	}
	if text == "" {
		return nil, usage("where to? (name a URL, file:///srv/www/feeds or s3://bucket/prefix, or set feeds.publish)")
	}
	at, err := publish.ParseURL(text)
	if err != nil {
		return nil, usage("the URL to publish to %w", err)
	}
	if at.Folder != "" {
		return at, notItself(c.Feeds.Dir, at.Folder)
	}
	at.Region = cmp.Or(at.Region, os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
	if env := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL")); at.Endpoint == "" && env != "" {
		if at.Endpoint, err = publish.ParseEndpoint(env); err != nil {
			return nil, usage("AWS_ENDPOINT_URL_S3: %w", err)
		}
	}
	return at, nil
}

// notItself refuses to publish a folder into itself.
func notItself(dir, target string) error {
	if within(dir, target) {
		return usage("%s is the output folder or in it (name another folder, or serve the output folder as it is)", target)
	}
	return nil
}

func publishCredentials() publish.Credentials {
	return publish.Credentials{
		ID: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"), Token: os.Getenv("AWS_SESSION_TOKEN"),
		File: os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), Profile: os.Getenv("AWS_PROFILE"),
	}
}

// notBuilt says of the output folder what is wrong with it.
func notBuilt(c *Config, err error) error {
	if errors.Is(err, publish.ErrNoFeeds) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w (run newsdesk build first, or name the output folder with --out or feeds.dir)", c.Feeds.Dir, publish.ErrNoFeeds)
	}
	return fmt.Errorf("the output folder: %w", err)
}

// publishFailed says how far a run came that did not get to its end.
func (a *app) publishFailed(ctx context.Context, c *Config, r *publish.Result, err error) error {
	if errors.Is(err, publish.ErrNoFeeds) {
		return notBuilt(c, err)
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if n := len(r.Put) + len(r.Deleted); n > 0 || ctx.Err() != nil {
		return fmt.Errorf("%w; %s put, %s deleted before (run it again: it goes on from there)", err, plural(len(r.Put), "file"), number(len(r.Deleted)))
	}
	return err
}

// tellPublished writes the summary and, of a dry run, each file.
func (a *app) tellPublished(target publish.Target, r *publish.Result, hubs []websub.Result, dryRun bool) error {
	for _, name := range r.Kept {
		a.warn("%s is no longer in the output folder, but somebody else changed it at %s; it was left there", name, target)
	}
	var err error
	if a.flags.json {
		err = a.printJSON(newPublishedJSON(target, r, hubs, dryRun))
	} else if !a.flags.quiet {
		if dryRun {
			a.listPublished(r)
		}
		rows := append(publishedRows(target, r, dryRun), hubRows(hubs, dryRun)...)
		printRows(a.stdout, append(rows, a.timeRow()))
	}
	if err == nil && len(r.Kept) > 0 {
		return incomplete()
	}
	return err
}

func (a *app) listPublished(r *publish.Result) {
	for _, c := range r.Put {
		fmt.Fprintf(a.stdout, "put     %-7s  %9s  %s\n", c.Why, number(int(c.Size)), c.Name)
	}
	for _, name := range r.Deleted {
		fmt.Fprintf(a.stdout, "delete  %-7s  %9s  %s\n", "", "", name)
	}
}

func publishedRows(target publish.Target, r *publish.Result, dryRun bool) []row {
	to := target.String()
	if dryRun {
		to += "; nothing was done: a dry run"
	}
	rows := []row{
		{"target", "", to}, {"put", number(len(r.Put)), putReasons(r)}, {"same", number(r.Same), "there already"},
		{"deleted", number(len(r.Deleted)), "no longer in the output folder"},
	}
	if len(r.Kept) > 0 {
		rows = append(rows, row{"left", number(len(r.Kept)), "no longer in the output folder, changed by somebody else"})
	}
	return rows
}

// putReasons gives "2 new, 3 changed; 12 KB".
func putReasons(r *publish.Result) string {
	if len(r.Put) == 0 {
		return ""
	}
	n := map[publish.Why]int{}
	for _, c := range r.Put {
		n[c.Why]++
	}
	why := counted(count{n[publish.New], "new"}, count{n[publish.Changed], "changed"}, count{n[publish.Headers], "with other headers"})
	return fmt.Sprintf("%s; %s KB", why, number(int(r.Bytes+1023)/1024))
}

type publishedJSON struct {
	Target  string    `json:"target"`
	DryRun  bool      `json:"dry_run"`
	Put     []putJSON `json:"put"`
	Bytes   int64     `json:"bytes"`
	Same    int       `json:"same"`
	Deleted []string  `json:"deleted"`
	Left    []string  `json:"left"`
	Hubs    []hubJSON `json:"hubs"`
}

type putJSON struct {
	Name string      `json:"name"`
	Why  publish.Why `json:"why"`
	Size int64       `json:"size"`
}

func newPublishedJSON(target publish.Target, r *publish.Result, hubs []websub.Result, dryRun bool) publishedJSON {
	j := publishedJSON{target.String(), dryRun, []putJSON{}, r.Bytes, r.Same, append([]string{}, r.Deleted...), append([]string{}, r.Kept...), newHubsJSON(hubs)}
	for _, c := range r.Put {
		j.Put = append(j.Put, putJSON(c))
	}
	return j
}

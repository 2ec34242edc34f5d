package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// globalFlags are those that every command takes.
type globalFlags struct {
	config, content, out, now string
	strict, quiet, json       bool

	configAsked bool
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "newsdesk",
		Short: "Feeds and a weekly email digest from a folder of Markdown articles",
		Long: `Newsdesk turns a folder of Markdown articles into RSS, Atom and JSON feeds and
a weekly email digest.

  newsdesk build                 check the articles, write all feeds and the newest digest
  newsdesk digest preview        see the digest in the browser before it goes out
  newsdesk digest send           send it to the subscribers

Findings and progress go to standard error, results to standard output. Exit
codes: 0 done, 1 failed, 2 used wrongly, 3 done with something left out.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			// A file that is there is asked for, too: whoever edits it may delete it for a
			// moment, and a server is not to go over to the defaults then.
			_, err := os.Stat(a.flags.config)
			a.flags.configAsked = err == nil || c.Flags().Changed("config")
			return a.setClock()
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&a.flags.config, "config", "config.yaml", "configuration `FILE`; without one, defaults")
	f.StringVar(&a.flags.content, "content", "", "`DIR` of the articles (default content.dir)")
	f.StringVar(&a.flags.out, "out", "", "output `DIR` (default feeds.dir, public)")
	f.StringVar(&a.flags.now, "now", "", "the clock, a `TIME` as RFC 3339 has it (default the real one)")
	f.BoolVar(&a.flags.strict, "strict", false, "any warning is fatal")
	f.BoolVar(&a.flags.quiet, "quiet", false, "tell errors only")
	f.BoolVar(&a.flags.json, "json", false, "results as JSON")
	root.SetFlagErrorFunc(wrongFlag)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(a.buildCommand(), a.serveCommand(), a.checkCommand(), a.initCommand(), a.feedCommand(), a.digestCommand(), a.subscriberCommand(), a.bounceCommand(), a.workCommand(), a.statsCommand(), a.doctorCommand(), a.backupCommand(), a.restoreCommand(), a.versionCommand())
	root.InitDefaultCompletionCmd()
	wrongUseIsTold(root)
	a.fitHelp(root)
	a.completeFlags(root)
	return root
}

// group makes a command that only holds others.
func group(use, short, long string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Long: long}
	c.AddCommand(commands...)
	return c
}

func (a *app) setClock() error {
	if a.flags.now == "" {
		return nil
	}
	now, err := time.Parse(time.RFC3339, a.flags.now)
	if err != nil {
		return usage("--now %q is not a time (want 2021-10-04T09:00:00-04:00)", a.flags.now)
	}
	a.clock = func() time.Time { return now }
	return nil
}

// config loads the configuration with the flags over it.
func (a *app) config() (*Config, error) {
	flags := map[string]string{}
	if a.flags.content != "" {
		flags["content.dir"] = a.flags.content
	}
	if a.flags.out != "" {
		flags["feeds.dir"] = a.flags.out
	}
	_, err := os.Stat(a.flags.config)
	a.unconfigured = errors.Is(err, fs.ErrNotExist)
	return loadConfig(a.flags.config, a.flags.configAsked, flags)
}

// printJSON writes a result for a script.
func (a *app) printJSON(result any) error {
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(result)
}

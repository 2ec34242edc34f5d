package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/atomicfile"
)

func (a *app) initCommand() *cobra.Command {
	var preset string
	c := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a configuration for an existing site by looking at it",
		Long: `Look at the articles of a Hugo, Jekyll, Astro or hand-made site, say what was
found (which fields are there, where dates, topics and images are), and write a
configuration that reads them. DIR is the site's folder or that of its articles.
A configuration that is there already is left alone.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.init(c.Context(), args[0], preset) },
	}
	c.Flags().StringVar(&preset, "preset", "", "`NAME` of the generator: newsdesk, hugo, jekyll or astro (default the one that fits best)")
	return c
}

func (a *app) init(ctx context.Context, dir, preset string) error {
	if preset != "" && corpus.Presets[preset] == nil {
		return usage("--preset %q (want newsdesk, hugo, jekyll or astro)", preset)
	}
	if _, err := os.Stat(a.flags.config); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already (move it away, or name another file with --config)", a.flags.config)
	}
	content, static := siteFolders(dir)
	root, err := a.folders.contentFolder(content)
	if err != nil {
		return err
	}
	found, err := corpus.Survey(ctx, root, preset)
	if err != nil {
		return err
	}
	if found.Preset() == "" {
		return fmt.Errorf("%s: no article was found (want files that end in .md, .markdown or .html)", content)
	}
	if !a.flags.quiet {
		fmt.Fprint(a.stderr, found)
	}
	site, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	return a.writeConfig(found, filepath.Base(site), content, static)
}

// siteFolders guesses where in a site the articles are, and what it serves as
// its root: the first of the folders that the generators use that is there.
func siteFolders(dir string) (content, static string) {
	content, static = dir, dir
	for _, name := range []string{"content", "src/content", "_posts", "src/pages"} {
		if isFolder(filepath.Join(dir, name)) {
			content = filepath.Join(dir, name)
			break
		}
	}
	for _, site := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		for _, name := range []string{"static", "public"} {
			if isFolder(filepath.Join(site, name)) {
				return content, filepath.Join(site, name)
			}
		}
	}
	return content, static
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

const configHead = `# Written by newsdesk init. "newsdesk check" tells what is wrong in the articles,
# "newsdesk check --explain FILE" how one was read.
site:
  title: %q
  url: https://www.example.org       # change this: all links are made of it
  timezone: UTC                      # and this: America/New_York
feeds:
  dir: newsdesk-public               # output; serve it at:
  url: https://www.example.org/feeds
`

func (a *app) writeConfig(found corpus.SurveyResult, site, content, static string) error {
	folder := filepath.Dir(a.flags.config)
	relative := func(name string) string {
		if r, err := filepath.Rel(folder, name); err == nil {
			name = r
		}
		return filepath.ToSlash(name)
	}
	text := fmt.Sprintf(configHead, site) + found.Config(relative(content), relative(static))
	dir, err := atomicfile.Open(folder)
	if err != nil {
		return err
	}
	defer dir.Close()
	if _, err := dir.Write(filepath.Base(a.flags.config), []byte(text)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: written; set site.url in it, then run newsdesk check\n", a.flags.config)
	return err
}

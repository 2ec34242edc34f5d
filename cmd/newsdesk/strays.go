package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
)

// strayEdition is the kind of finding of what is in the folder of the edition
// files and is no edition's.
const strayEdition = "stray-edition"

// findingKinds are the kinds of findings that "newsdesk check" tells.
func findingKinds() []string {
	kinds := append(corpus.Kinds(), strayEdition)
	slices.Sort(kinds)
	return kinds
}

// strayEditions finds what is in the folder of the edition files and would be read
// for no edition: what an editor decided there would be lost in silence. Each
// finding has the name that was meant, if one is near. Hidden files, the copies
// that text editors leave (name~) and Markdown, which is the corpus', are nobody's.
func strayEditions(c *Config, heads []*corpus.Head, now time.Time) []corpus.Finding {
	s := &strays{config: c, heads: heads, now: now}
	for _, entry := range s.list(editionsDir) {
		name := path.Join(editionsDir, entry.Name())
		at := slices.IndexFunc(c.digests, func(d *digestSettings) bool { return d.Name == entry.Name() })
		switch {
		case entry.IsDir() && at >= 0:
			s.digest(c.digests[at], name)
		case entry.IsDir():
			s.add(name, "there is no digest of this name, so its files decide nothing%s",
				cmp.Or(didYouMean(near(entry.Name(), c.digestNames()), ""), " (want "+strings.Join(c.digestNames(), ", ")+")"))
		default:
			s.add(name, "is in no digest's folder, so it decides nothing (want %s)", path.Join(editionsDir, c.Digest.Name, entry.Name()))
		}
	}
	return s.found
}

// strays gathers what strayEditions finds.
type strays struct {
	config *Config
	heads  []*corpus.Head
	now    time.Time
	found  []corpus.Finding
}

func (s *strays) add(name, format string, args ...any) {
	s.found = append(s.found, corpus.Finding{Severity: corpus.Warning, Kind: strayEdition, Path: name, Text: fmt.Sprintf(format, args...)})
}

// list gives what is in a folder and matters.
func (s *strays) list(folder string) []fs.DirEntry {
	all, err := os.ReadDir(filepath.Join(s.config.Content.Dir, filepath.FromSlash(folder)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.add(folder, "can't be read: %v", err)
	}
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		name := e.Name()
		return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || !e.IsDir() && strings.HasSuffix(name, ".md")
	})
}

// digest looks through the folder of one digest.
func (s *strays) digest(d *digestSettings, folder string) {
	kind, zone := d.kind(), s.config.zone
	for _, entry := range s.list(folder) {
		name := path.Join(folder, entry.Name())
		stem, isYAML := strings.CutSuffix(entry.Name(), ".yaml")
		p, err := kind.Parse(stem, zone)
		switch {
		case entry.IsDir():
			s.add(name, "is a folder, so what is in it decides nothing (want %s/PERIOD.yaml)", folder)
		case !isYAML:
			meant := periodMeant(strings.TrimSuffix(stem, path.Ext(stem)), kind, zone)
			s.add(name, "is no edition's file, so it decides nothing (want %s.yaml)", cmp.Or(meant, "PERIOD"))
		case err != nil:
			meant := cmp.Or(periodMeant(stem, kind, zone), near(stem, s.periods(d)))
			if meant == "" {
				s.add(name, "decides nothing: %v", err)
				break
			}
			s.add(name, "decides nothing: %s is no %s%s", stem, kind, didYouMean(meant, ".yaml"))
		case !p.End.After(s.now) && s.empty(d, p):
			s.add(name, "no article was published in this %s, so it decides nothing%s", kind, didYouMean(near(stem, s.periods(d)), ".yaml"))
		}
	}
}

// periods names the periods in which articles were published.
func (s *strays) periods(d *digestSettings) []string {
	var names []string
	for _, p := range digest.Periods(s.rule(d).Only.In(s.heads), d.kind(), s.config.zone) {
		names = append(names, p.Name)
	}
	return names
}

// empty tells whether an edition has no article, though its file may add some. A
// file with faults is told about by who reads it.
func (s *strays) empty(d *digestSettings, p digest.Period) bool {
	o := s.rule(d)
	var err error
	o.Choices, err = choices(s.config, d, p)
	return err == nil && len(digest.Wanted(s.heads, p, o)) == 0
}

func (s *strays) rule(d *digestSettings) digest.Options {
	return (&series{digestSettings: d, config: s.config}).rule()
}

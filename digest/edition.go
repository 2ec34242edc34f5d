package digest

import (
	"slices"

	"github.com/medigy/newsdesk/corpus"
)

// Edition is what one period's digest contains, chosen but not yet rendered.
// It is not changed after Compile returns it.
type Edition struct {
	Digest    string // name of the series: "weekly"
	Title     string // of the series: "Medigy News"
	Period    Period
	Subject   string // one line
	Preheader string // one line; shown by inboxes after the subject
	Intro     string // Markdown, above the lead; ""
	Closing   string // Markdown, after the last section; ""
	Language  string // BCP 47
	Lead      *Story // nil if the edition is empty
	Sections  []Section
	More      int        // articles left to the site that are in none of Sections
	Offerings []Offering // of all stories, each once
	Sponsor   *Sponsor   // nil if there is none
	Decisions []Decision // one per article that was considered, in the corpus' order
	Notes     []string   // what of the editor's choices has no effect, and why

	// What Select needs to arrange a part of the edition anew, and Record and
	// Decision need of the rest.
	chosen   []*pick // in the corpus' order
	excluded []string
	chooser  *chooser
}

// Section is the stories of one topic. The lead is in none.
type Section struct {
	Topic   *corpus.Topic // nil in the last section, of articles without a topic
	Stories []*Story      // pinned ones, ordered ones, then newest first
	More    int           // articles of the section that are left to the site
}

// Story is one article as the edition shows it.
type Story struct {
	*corpus.Article
	Kicker string            // the label of the topic that it is filed under, or ""
	Also   []*corpus.Article // what other sources tell of the same story; not stories themselves
}

// sources gives the names of the story's sources, each once, its own first.
func (s *Story) sources() []string {
	var all []string
	for _, a := range append([]*corpus.Article{s.Article}, s.Also...) {
		if a.Source.Name != "" && !slices.Contains(all, a.Source.Name) {
			all = append(all, a.Source.Name)
		}
	}
	return all
}

// Offering is a related offering with the number of stories that name it.
type Offering struct {
	corpus.Offering
	Stories int
}

// Decision says why an article is in the edition or not.
type Decision struct {
	Head   *corpus.Head
	In     bool
	Reason string // "in section Cybersecurity", "published after the period, on 5 October 2021"
}

// Empty reports whether there is nothing to send.
func (e *Edition) Empty() bool { return e.Lead == nil }

// Stories returns all stories in reading order, the lead first.
func (e *Edition) Stories() []*Story {
	if e.Lead == nil {
		return nil
	}
	all := []*Story{e.Lead}
	for _, s := range e.Sections {
		all = append(all, s.Stories...)
	}
	return all
}

// Options say how editions are compiled.
type Options struct {
	Digest       string   // name of the series; "weekly" if ""
	Title        string   // what the reader knows it as; the site's title
	Language     string   // BCP 47; "en" if ""
	Only         Only     // the articles that the digest is of
	Topics       []string // slugs in the order of their sections; others follow by size
	Offerings    int      // at most so many; 6 if 0, none if negative
	SectionItems int      // stories in a section at most; 0: all
	Items        int      // stories in an edition at most, the lead included; 0: all
	LateDays     int      // days before the period in which a late arrival was published; 0: none is taken
	Choices      Choices  // of the period's editor
	History      History  // of the digest
}

func (o Options) withDefaults() Options {
	if o.Digest == "" {
		o.Digest = "weekly"
	}
	if o.Language == "" {
		o.Language = "en"
	}
	if o.Offerings == 0 {
		o.Offerings = 6
	}
	return o
}

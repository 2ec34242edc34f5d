package digest

import "github.com/medigy/newsdesk/corpus"

// Edition is what one period's digest contains, chosen but not yet rendered.
// It is not changed after Compile returns it.
type Edition struct {
	Digest    string // name of the series: "weekly"
	Title     string // of the series: "Medigy News"
	Period    Period
	Subject   string   // one line
	Preheader string   // one line; shown by inboxes after the subject
	Intro     string   // Markdown, above the lead; ""
	Closing   string   // Markdown, after the last section; ""
	Sponsor   *Sponsor // nil if there is none
	Language  string   // BCP 47
	Lead      *Story   // nil if the edition is empty
	Sections  []Section
	More      int        // stories that the edition has no room for
	Offerings []Offering // of all stories, each once
	Decisions []Decision // one per article that was considered, in the corpus' order

	// What Select needs to arrange a part of the edition anew.
	chosen  []*corpus.Article // in the corpus' order
	options Options
}

// Section is the stories of one topic. The lead is in none.
type Section struct {
	Topic   *corpus.Topic // nil in the last section, of articles without a topic
	Stories []*Story      // newest first
	More    int           // stories of the topic that the section has no room for
}

// Story is one article as the edition shows it.
type Story struct {
	*corpus.Article
	Kicker string            // the label of the topic that it is filed under, or ""
	Also   []*corpus.Article // the same story from other sources
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
	Digest    string   // name of the series; "weekly" if ""
	Title     string   // what the reader knows it as; the site's title
	Language  string   // BCP 47; "en" if ""
	Only      string   // BCP 47: only articles in this language, whatever the region; "": all
	Topics    []string // slugs in the order of their sections; others follow by size
	Offerings int      // at most so many; 6 if 0, none if negative
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

package feed

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/medigy/newsdesk/corpus"
)

// Kind is what the articles of a feed have in common. It is also the folder that
// the feeds of the kind are in.
type Kind string

// The kinds of feeds. KindAll is the one feed of all articles, KindNamed are
// those that Options.Named has; the others are one feed for each topic, language
// and so on that there is.
const (
	KindAll        Kind = ""
	KindTopic      Kind = "topic"
	KindLanguage   Kind = "language"
	KindVocabulary Kind = "vocabulary" // of the topics: "Healthcare IT News"
	KindOffering   Kind = "offering"
	KindSource     Kind = "source" // publisher of the original
	KindAuthor     Kind = "author"
	KindNamed      Kind = "named"
)

// Kinds are those that Options.By may name, in the order that feeds are listed.
var Kinds = []Kind{KindTopic, KindVocabulary, KindSource, KindAuthor, KindOffering, KindLanguage}

// groupNames are of the kinds whose feeds are one group each.
var groupNames = map[Kind]string{
	KindNamed: "Selections", KindVocabulary: "Vocabularies", KindSource: "Sources",
	KindAuthor: "Authors", KindOffering: "Offerings", KindLanguage: "Languages",
}

// Marks are the kinds of marks that the feeds are chosen by: corpus.Options.Marks.
func (o Options) Marks() []corpus.MarkKind {
	var marks []corpus.MarkKind
	for kind, mark := range map[Kind]corpus.MarkKind{
		KindOffering: corpus.MarkOffering, KindSource: corpus.MarkSource, KindAuthor: corpus.MarkAuthor,
	} {
		named := func(n Named) bool { return len(n.values(kind)) > 0 }
		if slices.Contains(o.By, kind) || slices.ContainsFunc(o.Named, named) {
			marks = append(marks, mark)
		}
	}
	slices.Sort(marks)
	return marks
}

func allFeed(o Options) *Feed {
	return &Feed{Title: o.Site.Title, Description: o.Site.Description, Home: o.Site.URL, Options: o}
}

// newFeed makes a feed of all but the topics' kind.
func newFeed(kind Kind, slug, label, title, description string, o Options) *Feed {
	return &Feed{
		Kind:        kind,
		Label:       label,
		Group:       groupNames[kind],
		Title:       title + " – " + o.Site.Title,
		Description: description,
		Home:        o.Site.URL,
		Path:        string(kind) + "/" + slug + "/",
		Options:     o,
	}
}

func topicFeed(t *corpus.Topic, o Options) *Feed {
	name := topicName(t)
	f := newFeed(KindTopic, t.Slug, cmp.Or(t.Label, t.Name), name, "Articles about "+name+", curated by "+o.Site.Title+".", o)
	f.Topic, f.Group, f.Home = t, t.Vocabulary, cmp.Or(t.URL, o.Site.URL)
	return f
}

func vocabularyFeed(slug, name string, o Options) *Feed {
	return newFeed(KindVocabulary, slug, name, name, "Articles about topics of "+name+", curated by "+o.Site.Title+".", o)
}

func languageFeed(tag string, o Options) *Feed {
	name := cmp.Or(display.Self.Name(language.Make(tag)), tag)
	f := newFeed(KindLanguage, strings.ToLower(tag), name, name, "Articles in "+name+", curated by "+o.Site.Title+".", o)
	f.Language = tag
	f.Options.Site.Language = tag
	return f
}

func markFeed(m *corpus.Mark, o Options) *Feed {
	curated := ", curated by " + o.Site.Title + "."
	switch m.Kind {
	case corpus.MarkSource:
		return newFeed(KindSource, m.Slug, m.Name, "From "+m.Name, "Articles from "+m.Name+curated, o)
	case corpus.MarkAuthor:
		return newFeed(KindAuthor, m.Slug, m.Name, "By "+m.Name, "Articles curated by "+m.Name+" for "+o.Site.Title+".", o)
	}
	f := newFeed(KindOffering, m.Slug, m.Name, m.Name, "Articles related to "+m.Name+curated, o)
	f.Home = cmp.Or(m.URL, o.Site.URL)
	return f
}

// topicName is the topic as a person would say it: "Cybersecurity (Healthcare
// IT News)". The vocabulary stays, because two of them may share a label.
func topicName(t *corpus.Topic) string {
	switch {
	case t.Label == "":
		return t.Name
	case t.Vocabulary == "":
		return t.Label
	}
	return t.Label + " (" + t.Vocabulary + ")"
}

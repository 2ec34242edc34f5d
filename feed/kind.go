package feed

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/internal/words"
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
	return &Feed{Title: o.Site.Title, Description: o.Site.Description, Home: o.Site.URL, Options: o, site: o.Site}
}

// newFeed makes a feed of all but the topics' kind. About is what it says of
// itself, in the voice of o, as the pattern of a text.
func newFeed(kind Kind, slug, label, title, about string, o Options) *Feed {
	return &Feed{
		Kind:        kind,
		Label:       label,
		Group:       o.voice.group(kind),
		Title:       title + " – " + o.Site.Title,
		Description: o.voice.about(about, label, o.Site.Title),
		Home:        o.Site.URL,
		Path:        string(kind) + "/" + slug + "/",
		Options:     o,
		site:        o.Site,
	}
}

func topicFeed(t *corpus.Topic, o Options) *Feed {
	name := topicName(t)
	f := newFeed(KindTopic, t.Slug, name, name, o.voice.Words.AboutTopic, o)
	f.Topic, f.Label, f.Group, f.Home = t, cmp.Or(t.Label, t.Name), t.Vocabulary, cmp.Or(t.URL, o.Site.URL)
	return f
}

func vocabularyFeed(slug, name string, o Options) *Feed {
	return newFeed(KindVocabulary, slug, name, name, o.voice.Words.AboutVocabulary, o)
}

func languageFeed(tag string, o Options) *Feed {
	name := cmp.Or(display.Self.Name(language.Make(tag)), tag)
	own := o.voice.in(tag, o)
	f := newFeed(KindLanguage, strings.ToLower(tag), name, name, "", o)
	f.Language, f.Description = tag, own.about(own.Words.AboutLanguage, name, o.Site.Title)
	f.Options.Site.Language, f.Options.voice = tag, own
	return f
}

func markFeed(m *corpus.Mark, o Options) *Feed {
	w := o.voice.Words
	switch m.Kind {
	case corpus.MarkSource:
		return newFeed(KindSource, m.Slug, m.Name, words.About(w.From, m.Name, ""), w.AboutSource, o)
	case corpus.MarkAuthor:
		return newFeed(KindAuthor, m.Slug, m.Name, words.About(w.By, m.Name, ""), w.AboutAuthor, o)
	}
	f := newFeed(KindOffering, m.Slug, m.Name, m.Name, w.AboutOffering, o)
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

package digest

import (
	"testing"

	"github.com/medigy/newsdesk/corpus"
)

// rich is the sample with all that an editor, a limit or a second source adds.
func rich(t testing.TB) *Edition {
	e := sample(t)
	e.Intro = "A **loud** week: read [the plan](https://www.medigy.com/plan) first.\n\n- for paper\n- for phones\n\n> quoted"
	e.Closing = "Write to <desk@medigy.com>, or see https://example.org/help."
	e.Sponsor = &Sponsor{Name: "Northwind", Text: "Opens in *a second*. [See how](https://sponsor.example/how).", URL: "https://sponsor.example/", Image: "https://sponsor.example/a.png"}
	e.Sections[0].More, e.More = 7, 3
	e.Sections[0].Stories[0].Also = []*corpus.Article{{Head: &corpus.Head{}, Original: "https://also.example/x", Source: corpus.Source{Name: "Also News"}}}
	return e
}

package digest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/medigy/newsdesk/corpus"
)

// Images keep their shape and are never enlarged, beside a story, above it on
// a phone, or as the lead's.
func TestImages(t *testing.T) {
	type size struct{ Width, Height, Phone int }
	for _, tt := range []struct {
		width, height int // of the file
		lead, thumb   size
	}{
		{1200, 630, size{552, 290, 0}, size{132, 69, 0}},
		{1200, 1200, size{552, 552, 0}, size{132, 132, 400}},
		{800, 1600, size{276, 552, 0}, size{66, 132, 200}},
		{64, 64, size{64, 64, 0}, size{64, 64, 64}},
		{5000, 1, size{552, 1, 0}, size{132, 1, 0}},
		{1, 5000, size{1, 552, 0}, size{1, 132, 1}},
		{0, 0, size{552, 0, 0}, size{132, 0, 0}}, // not measured
	} {
		a := &corpus.Article{Head: &corpus.Head{}, Image: &corpus.Image{URL: "https://example.org/a.png", Width: tt.width, Height: tt.height}}
		lead, thumb := newImageView(a, 552, 552), newThumbView(a)
		got := []size{{lead.Width, lead.Height, lead.Phone}, {thumb.Width, thumb.Height, thumb.Phone}}
		if diff := cmp.Diff([]size{tt.lead, tt.thumb}, got); diff != "" {
			t.Errorf("%d x %d (-want +got):\n%s", tt.width, tt.height, diff)
		}
	}
	none := &corpus.Article{Head: &corpus.Head{}}
	broken := &corpus.Article{Head: &corpus.Head{}, Image: &corpus.Image{URL: "data:image/png,x"}}
	if newThumbView(none) != nil || newThumbView(broken) != nil {
		t.Error("an article without an image on the web has one")
	}
}

// A long name would fill lines under each story: the host stands for it there.
func TestPlace(t *testing.T) {
	const page = "https://www.medigy.com/news/a/"
	for _, tt := range []struct{ title, page, want string }{
		{"Medigy News", page, "Medigy News"},
		{"The Bulletin of Rural Hospitals", page, "The Bulletin of Rural Hospitals"},
		{"The Weekly Bulletin of Rural Hospitals", page, "www.medigy.com"},
		{"The Weekly Bulletin of Rural Hospitals", "", "The Weekly Bulletin of Rural Hospitals"},
		{"Новости сельского здравоохранения", page, "www.medigy.com"},
		{"Новости сельской медицины", page, "Новости сельской медицины"},
	} {
		b := &builder{edition: &Edition{Title: tt.title}}
		if got := b.place(tt.page); got != tt.want {
			t.Errorf("%q at %q is %q, want %q", tt.title, tt.page, got, tt.want)
		}
	}
}

// A quote's line is on the side where its language begins.
func TestQuoteSide(t *testing.T) {
	for _, tt := range []struct{ language, want string }{{"en", "ltr"}, {"he", "rtl"}} {
		b := &builder{edition: &Edition{Language: tt.language}, tag: func(u string) string { return u }}
		if got := b.note("> A quote."); len(got) != 1 || got[0].Dir != tt.want {
			t.Errorf("a quote in %s is %+v, want %s", tt.language, got, tt.want)
		}
	}
}

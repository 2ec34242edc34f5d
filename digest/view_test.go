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

package main

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/picture"
	"github.com/medigy/newsdesk/internal/web"
)

// slowFolder opens no file until it may.
type slowFolder struct {
	fstest.MapFS
	may chan struct{}
}

func (f slowFolder) Open(name string) (fs.File, error) {
	<-f.may
	return f.MapFS.Open(name)
}

// An editor does not wait for pictures that take long, is told how many are there,
// and gets the edition with all of them when they are.
func TestEditorDoesNotWaitForPictures(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewRGBA(image.Rect(0, 0, 1300, 700))); err != nil {
		t.Fatal(err)
	}
	folder := slowFolder{fstest.MapFS{"a.png": {Data: file.Bytes()}}, make(chan struct{})}
	p := &press{
		series: &series{digestSettings: &digestSettings{}},
		pictures: &pictures{
			images: folder, imagesURL: "https://news.example.org/images/", base: "https://news.example.org/",
			room: semaphore.NewWeighted(picture.MaxPixels), known: map[pictureKey]*digest.Picture{},
		},
	}
	story := func(url string) *digest.Story {
		return &digest.Story{Article: &corpus.Article{Head: &corpus.Head{}, Image: &corpus.Image{URL: url}}}
	}
	e := &digest.Edition{Lead: story("https://news.example.org/images/a.png"), Sections: []digest.Section{{Stories: []*digest.Story{story("https://elsewhere.example/b.png")}}}}
	late := make(chan time.Time)
	d := &desk{app: &app{after: func(time.Duration) <-chan time.Time { return late }, stderr: io.Discard}}

	go func() { late <- time.Time{} }()
	err := d.illustrate(t.Context(), p, e)
	if m, ok := errors.AsType[*web.Making](err); !ok || *m != (web.Making{Done: 0, Total: 1}) {
		t.Fatalf("while it is made: %v", err)
	}
	close(folder.may)
	if err := d.illustrate(t.Context(), p, e); err != nil {
		t.Fatal(err)
	}
	if made := p.pictures.of(e); len(made) != 1 || made[0].Width != 1200 {
		t.Errorf("made are %d pictures", len(made))
	}
}

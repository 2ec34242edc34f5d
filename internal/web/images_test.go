package web

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/templates"
)

func TestLocalImages(t *testing.T) {
	images := fstest.MapFS{"a.png": {}, "a b&c.png": {}, "sub/d.jpeg": {}}
	for _, test := range []struct{ name, mail, want string }{
		{"image", `<img src="https://m.example/i/a.png">`, `<img src="/images/a.png">`},
		{"escaped", `<img src="https://m.example/i/a%20b&amp;c.png">`, `<img src="/images/a%20b&amp;c.png">`},
		{"below", `<img alt='' src='https://m.example/i/sub/d.jpeg'>`, `<img alt='' src='/images/sub/d.jpeg'>`},
		{"query", `<img src="https://m.example/i/a.png?v=2">`, `<img src="/images/a.png">`},
		{"background", `<td background="https://m.example/i/a.png">`, `<td background="/images/a.png">`},
		{"style", `<td style="background:url('https://m.example/i/a.png')">`, `<td style="background:url('/images/a.png')">`},
		{"absent", `<img src="https://m.example/i/b.png">`, `<img src="https://m.example/i/b.png">`},
		{"folder", `<img src="https://m.example/i/sub">`, `<img src="https://m.example/i/sub">`},
		{"outside", `<img src="https://m.example/i/../i/a.png">`, `<img src="https://m.example/i/../i/a.png">`},
		{"other host", `<img src="https://n.example/i/a.png">`, `<img src="https://n.example/i/a.png">`},
		{"link", `<a href="https://m.example/i/a.png">https://m.example/i/a.png</a>`, `<a href="https://m.example/i/a.png">https://m.example/i/a.png</a>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, prefix := range []string{"https://m.example/i/", "https://m.example/i"} {
				if got := string(localImages([]byte(test.mail), prefix, images)); got != test.want {
					t.Errorf("with prefix %s\n got %s\nwant %s", prefix, got, test.want)
				}
			}
			if got := string(localImages([]byte(test.mail), "", nil)); got != test.mail {
				t.Errorf("without a folder: %s", got)
			}
		})
	}
}

// The frame shows the mail's pictures, linked or embedded, from the proof; the
// mail itself stays as it is sent.
func TestFrameShowsPictures(t *testing.T) {
	s := newSite(t)
	const name, cid = "0123-560.jpg", "0123-560.jpg@medigy.example"
	const away, here = "https://www.medigy.com/feeds/digest/images/" + name, "images/" + name
	p, err := NewPreview(PreviewOptions{Templates: templates.FS(nil), Load: func(ctx context.Context, changed []string) (*Desk, error) {
		desk, err := s.load(ctx, changed)
		if err != nil {
			return nil, err
		}
		render := desk.Render
		desk.Render = func(w Wanted) (*Proof, error) {
			proof, err := render(w)
			if err == nil {
				proof.Pictures = []digest.Picture{{URL: away, ContentID: cid, Type: "image/jpeg", Bytes: []byte("JPEG")}}
				proof.Issue.HTML = []byte(`<head></head><img src="` + away + `"><img src="cid:` + cid + `"><a href="` + away + `">`)
			}
			return proof, err
		}
		return desk, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	p.load(t.Context(), nil)
	framed := get(p, "/edition/weekly/2021-W40/view.html").Body.String()
	if want := `<head><base target="_blank"></head><img src="` + here + `"><img src="` + here + `"><a href="` + away + `">`; framed != want {
		t.Errorf("the frame has\n%s, want\n%s", framed, want)
	}
	wantText(t, get(p, "/edition/weekly/2021-W40/digest.html").Body.String(), away, cid)
	w := get(p, "/edition/weekly/2021-W40/"+here)
	if w.Body.String() != "JPEG" || w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("the picture is %q as %q", w.Body, w.Header().Get("Content-Type"))
	}
	for _, url := range []string{"/edition/weekly/2021-W40/images/other.jpg", "/edition/weekly/1999-W01/" + here, "/edition/weekly/2021-W40/images/.."} {
		if w := get(p, url); w.Code == 200 {
			t.Errorf("%s is served", url)
		}
	}
}

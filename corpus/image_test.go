package corpus

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
	"testing/fstest"
)

// An image in an article's own bundle is served beside the article, and measured.
func TestBundledImage(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	picture := &fstest.MapFile{Data: b.Bytes()}
	for _, test := range []struct{ file, ref, want string }{
		{"news/a/index.md", "cover.png", "https://www.medigy.com/news/2021/10/01/a/cover.png"},
		{"news/a/index.es.md", "./img/cover.png?v=1", "https://www.medigy.com/news/2021/10/01/a/img/cover.png?v=1"},
		{"news/a/index.md", "wordpress.png", "https://www.medigy.com/news/2021/10/01/a/images/wordpress.png"},
		{"news/a/index.md", "absent.png", "https://www.medigy.com/images/news/absent.png"},
		{"news/a/index.md", "/cover.png", "https://www.medigy.com/cover.png"},
		{"news/a/index.md", "../../../cover.png", "https://www.medigy.com/cover.png"},
		{"news/a/other.md", "cover.png", "https://www.medigy.com/images/news/cover.png"},
	} {
		fsys := fstest.MapFS{
			"news/a/cover.png": picture, "news/a/img/cover.png": picture, "cover.png": picture,
			"news/a/images/wordpress.png": picture,
			test.file:                     {Data: []byte("---\ntitle: A\ndate: 2021-10-01\nfeaturedImage: " + test.ref + "\n---\nx\n")},
		}
		c, report := Load(context.Background(), fsys, options(t))
		if len(c.Heads) != 1 || c.Article(c.Heads[0]).Image == nil {
			t.Fatalf("%s: %v", test.ref, report)
		}
		img := c.Article(c.Heads[0]).Image
		if img.URL != test.want || (img.Width == 3) != (len(report.Findings) == 0) || img.File != "" {
			t.Errorf("%s of %s: %+v, %v; want %s", test.ref, test.file, img, report.Findings, test.want)
		}
	}
}

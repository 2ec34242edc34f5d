package web

import (
	"testing"
	"testing/fstest"
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

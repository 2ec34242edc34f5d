package corpus

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPermalink(t *testing.T) {
	tests := []struct{ pattern, file, front, want string }{
		{"", "a.md", "", "/a/"},
		{"/:year/:i_month/:i_day/:slug.html", "a.md", "", "/2021/9/7/a.html"},
		{"/:slug/", "Rails-6.1.md", "", "/rails-6-1/"},
		{"/:name", "2021-09-07-Rails-6.1.md", "", "/Rails-6.1"},
		{"/:name", "2021-09-07_Rails-6.1.md", "", "/Rails-6.1"},
		{"/blog/:path/", "en/2021-09-07-a.md", "slug: x", "/blog/en/2021-09-07-a/"},
		{"/blog/:path/", "2021-09-07-a/index.md", "", "/blog/2021-09-07-a/"},
		{"/blog/:path/", "a/a.md", "", "/blog/a/"},
		{"/:name/", "a.md", "permalink: '/x/{{ page.fileSlug }}/'", "/a/"},
		{"/:name/", "a.md", "permalink: /x/y/", "/x/y/"},
		{"/:name/", "a.md", "permalink: false", "/a/"},
		{"/:name/", "a b.md", "", "/a%20b/"},
		{"/:name/", "a.md", "slug: releases/Six", "/releases/Six/"},
		{"/:name/", "a.md", "slug: ../../etc", "/etc/"},
		{"/:folder/:name/", "a.md", "", "/a/"},
		{"/:folder/:name/", "blog/2021/a/index.md", "", "/blog/2021/a/"},
		{"/:language/:folder/:year/:name/", "es/news/_posts/2021-09-07-a.md", "lang: es", "/es/news/2021/a/"},
		{"/:language/:slug/", "a.md", "", "/en/a/"},
		{"/:language/:slug/", "a.pt-BR.md", "", "/pt-BR/a/"},
		{"/:language/:slug/", "a.md", "lang: zh_tw", "/zh_tw/a/"},
		{"/:language/:folder/:slug/", "zh-tw/blog/a.md", "", "/zh-tw/blog/a/"},
		{"(/:language)/:folder/:slug/", "zh-tw/blog/a.md", "", "/zh-tw/blog/a/"},
		{"(/:language)/:folder/:slug/", "en/blog/a.md", "", "/blog/a/"},
	}
	for _, test := range tests {
		fsys := fstest.MapFS{test.file: {Data: []byte("---\ntitle: A\ndate: 2021-09-07\n" + test.front + "\n---\nx\n")}}
		o := options(t)
		o.Fields = Presets["eleventy"]
		o.Language, o.Languages, o.Permalink = "en", []string{"en", "zh-TW"}, test.pattern
		c, report := Load(context.Background(), fsys, o)
		if len(c.Heads) != 1 {
			t.Errorf("%s: %v", test.pattern, report)
			continue
		}
		if got := strings.TrimPrefix(c.Article(c.Heads[0]).URL, o.Site); got != test.want {
			t.Errorf("%s for %s %s: %s, want %s", test.pattern, test.file, test.front, got, test.want)
		}
	}
}

func TestCheckPermalink(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{"/news/:slug/", ""},
		{"/:name", ""},
		{"(/:language)/:slug", ""},
		{"/news/", `"/news/" gives every article one URL (want :slug, :name or :path in it, as in /news/:slug/)`},
		{"/:title/", `"/:title/": there is no :title (want :year, :month, :day, :i_month, :i_day, :slug, :name, :path, :folder or :language)`},
		{"(/:slug", `"(/:slug": each ( wants a ) behind it, as in (/:language)/:slug/`},
		{"(/(:slug))", `"(/(:slug))": each ( wants a ) behind it, as in (/:language)/:slug/`},
		{"/:slug)", `"/:slug)": each ( wants a ) behind it, as in (/:language)/:slug/`},
	}
	for _, test := range tests {
		got := ""
		if err := CheckPermalink(test.pattern); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %s\nwant %s", test.pattern, got, test.want)
		}
	}
}

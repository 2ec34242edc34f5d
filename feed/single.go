package feed

import "github.com/medigy/newsdesk/corpus"

// Single makes one feed of all articles of c for a folder of the output, such as
// "digest/": the issues of a digest, each an article. It is in no list of feeds,
// nor has it a page: o.Site says what it is called and where its page is, o.URL is
// that of the output. Encode it with each of Formats.
func Single(c *corpus.Corpus, folder string, o Options) *Feed {
	o.By, o.Named, o.Archive, o.Pages = []Kind{}, nil, false, false
	f := Build(c, o)[0]
	f.Path = folder
	return f
}

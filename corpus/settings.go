package corpus

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// settings are the options, checked and parsed once for all files.
type settings struct {
	Options
	fields    Fields
	site      *url.URL // ends in "/"
	imagesURL *url.URL // ends in "/"
	images    fs.FS
	content   fs.FS     // the articles
	settled   time.Time // stamps of files that changed since are not to be believed; zero asks for none
	skip      skip
	languages []string // Options.Languages as languageTag writes them
	permalink permalink
	topicMemo *sync.Map // topicKey to *Topic
	markMemo  *sync.Map // Mark to *Mark
	headKeys  keySet    // what head needs of a front matter's top level
}

func newSettings(o Options) (*settings, error) {
	s := &settings{Options: o, skip: skip(o.Skip), fields: o.Fields, images: o.Images, topicMemo: new(sync.Map), markMemo: new(sync.Map)}
	if s.fields == nil {
		s.fields = newsdesk
	}
	for _, tag := range o.Languages {
		s.languages = append(s.languages, languageTag(tag))
	}
	s.headKeys = newKeySet(s.fields, s.headFields())
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	s.permalink = permalink{cmp.Or(o.Permalink, "/:slug/"), languageTag(o.Language)}
	if err := CheckPermalink(s.permalink.pattern); err != nil {
		return nil, fmt.Errorf("permalink %w", err)
	}
	if err := s.skip.check(); err != nil {
		return nil, err
	}
	if err := CheckEncoding(o.Encoding); err != nil {
		return nil, err
	}
	var err error
	s.site, err = url.Parse(strings.TrimRight(o.Site, "/") + "/")
	if err != nil || s.site.Host == "" {
		return nil, fmt.Errorf("site %q is not an absolute URL (want https://www.example.org)", o.Site)
	}
	s.imagesURL, err = o.ImagesBase()
	if err != nil {
		return nil, fmt.Errorf("images URL %q is not a URL (want /images/news/)", o.ImagesURL)
	}
	return s, nil
}

// headFields are the fields that heads are made of.
func (s *settings) headFields() []Field {
	all := slices.Clone(headFields)
	for _, kind := range s.Marks {
		all = append(all, markFields[kind]...)
	}
	return all
}

// own gives the URL of a path of the site's own, below its home page.
func (s *settings) own(path string) string {
	return strings.TrimRight(s.site.String(), "/") + "/" + strings.TrimLeft(path, "/")
}

package main

import (
	"slices"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
)

// press is what makes issues: digest build, preview and send all use one, so
// what they show and send is the same to the byte.
type press struct {
	*series
	templates *digest.Templates
	pictures  *pictures
}

func (a *app) newPress(s *series) (*press, error) {
	c := s.config
	templates, err := siteTemplates(c)
	if err != nil {
		return nil, err
	}
	look, err := theme(s)
	if err != nil {
		return nil, err
	}
	links := digest.Links{
		Home: c.Site.URL, Base: publicURL(c), Folder: s.folder, Past: publicURL(c) + s.folder,
		Topics: c.Feeds.Pages && slices.Contains(c.Feeds.By, "topic"),
		UTM:    s.UTM,
	}
	if c.Subscribe.Enabled {
		links.Subscribe = newsletterURL(c) + "subscribe"
	}
	t, err := digest.Parse(templates, look, links)
	if err != nil {
		return nil, err
	}
	p := &press{series: s, templates: t}
	if p.pictures = a.newPictures(s, domainOf(p.sender().From.Address)); p.pictures != nil {
		p.templates = t.Illustrate(p.pictures.find)
	}
	return p, nil
}

// issue renders an edition. Of an empty one the error is digest.ErrEmpty.
func (p *press) issue(e *digest.Edition) (*digest.Issue, error) {
	if e.Empty() {
		return nil, emptyEdition(e.Period)
	}
	return p.templates.Render(e, digest.Selection{})
}

// errNoSender says that an edition can be looked at, but not sent.
var errNoSender = configError{"digest.from: is missing (want Name <name@example.org>)"}

// sender is what the messages of all issues have in common.
func (p *press) sender() delivery.Sender {
	c := p.config
	s := delivery.Sender{
		ReplyTo: p.replyTo,
		ListID:  p.Name + "." + hostOf(c.Site.URL),
		Base:    p.SubscriptionsURL,
		Mailto:  p.UnsubscribeMail,
	}
	if p.from != nil {
		s.From = *p.from
	} else { // enough to look at; send insists on digest.from
		s.From.Name, s.From.Address = c.Site.Title, "news@"+hostOf(c.Site.URL)
	}
	if s.Base == "" {
		s.Base = publicURL(c) + "newsletter"
	}
	return s
}

// sample is an issue as a subscriber gets it, with links that act for nobody.
type sample struct{ eml, html, text []byte }

// sample makes one. Its date is the period's end, so that its bytes stay the
// same. It has no DKIM signature: whoever finds a signed message in the output
// folder could send it to anybody in our name.
func (p *press) sample(issue *digest.Issue, period digest.Period) (*sample, error) {
	nobody := delivery.Recipient{Name: "Sample Subscriber", Address: "subscriber@example.org", Unsubscribe: "sample", Preferences: "sample"}
	c, err := delivery.NewComposer(issue, p.sender(), period.End, nil)
	if err != nil {
		return nil, err
	}
	s := new(sample)
	s.html, s.text = c.Parts(nobody)
	s.eml, err = c.Append(nil, nobody)
	return s, err
}

package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/words"
)

// checkLook finds what is wrong in look.
// What depends on several values, such as an ink that can't be read on its
// paper, digest.Parse finds.
func (c *Config) checkLook(fault faultFunc) {
	l := &c.Look
	for _, choice := range []struct{ key, value string }{
		{"look.accent", l.Accent}, {"look.light.background", l.Light.Background}, {"look.light.paper", l.Light.Paper}, {"look.light.ink", l.Light.Ink},
		{"look.dark.background", l.Dark.Background}, {"look.dark.paper", l.Dark.Paper}, {"look.dark.ink", l.Dark.Ink}, {"look.dark.accent", l.Dark.Accent},
	} {
		if !colour.Valid(choice.value) && (choice.value != "" || choice.key == "look.accent") {
			fault(choice.key, "%q is not a colour (want \"#0b6e75\")", choice.value)
		}
	}
	if l.Width < 480 || l.Width > 700 {
		fault("look.width", "%d (want 480 to 700 pixels)", l.Width)
	}
	c.checkWords(fault)
}

// checkWords finds texts that nobody shows, and brings the others into one mapping.
func (c *Config) checkWords(fault faultFunc) {
	flat := map[string]string{}
	for name, text := range c.Look.Words {
		if below, ok := text.(map[string]any); ok {
			for inner, text := range below {
				flat[name+"."+inner] = fmt.Sprint(text)
			}
			continue
		}
		flat[name] = fmt.Sprint(text)
	}
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		if err := words.CheckOne(name, flat[name]); err != nil {
			fault("look.words."+name, "%v", err)
		}
	}
	c.Look.words = flat
}

// siteWords are the site's own texts for pages and letters, which speak the language
// of who reads them: what is worded for no language in particular is in the site's.
func (c *Config) siteWords() map[string]string {
	own := map[string]string{}
	for name, text := range c.Look.words {
		own[words.Primary(c.Site.Language)+"."+name] = text
	}
	maps.Copy(own, c.Look.words)
	maps.DeleteFunc(own, func(name, _ string) bool { return strings.Count(name, ".") != 1 })
	if c.Subscribe.Consent != "" {
		own["consent"] = c.Subscribe.Consent // what was agreed on by lawyers no translation replaces
	}
	return own
}

// theme is what the configuration says about the looks of the digest.
func theme(s *series) (digest.Theme, error) {
	c, l := s.config, s.config.Look
	t := digest.Theme{
		Accent: l.Accent, Serif: l.Serif, BodyFont: l.BodyFont, HeadlineFont: l.HeadlineFont, Width: l.Width,
		Light: digest.Colours{Background: l.Light.Background, Paper: l.Light.Paper, Ink: l.Light.Ink},
		Dark:  digest.Colours(l.Dark),
		Logo:  onSite(c, l.Logo), LogoDark: onSite(c, l.LogoDark), Words: l.words,
		Reason: s.Reason, PostalAddress: s.PostalAddress,
		OfferingsInline: s.OfferingsStyle == "inline",
	}
	if s.OfferingsFile == "" {
		return t, nil
	}
	source, err := os.ReadFile(s.OfferingsFile)
	if err != nil {
		return t, fmt.Errorf("digest.offerings_file: %w", err)
	}
	if t.Offerings, err = digest.ReadOfferings(source); err != nil {
		return t, fmt.Errorf("%s: %w", s.OfferingsFile, err)
	}
	return t, nil
}

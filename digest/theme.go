package digest

import (
	"fmt"

	"github.com/medigy/newsdesk/internal/colour"
)

// Theme is what a site says about the looks and the footer of its digest. The
// zero Theme is usable.
type Theme struct {
	Accent        string // colour, "#0b6e75"; that if ""
	Serif         bool   // headlines in a serif
	Logo          string // image at the top instead of the title, absolute URL; ""
	LogoWidth     int    // pixels as shown; 0 if not known
	LogoHeight    int    // pixels as shown; 40 if 0
	Reason        string // why the reader gets this; "You subscribed to <title>." if ""
	PostalAddress string // the sender's, one line; the law asks for it in many countries; ""
}

func (t Theme) withDefaults() (Theme, error) {
	if t.Accent == "" {
		t.Accent = colour.Accent
	}
	if !colour.Valid(t.Accent) {
		return t, fmt.Errorf("accent %q is not a colour (want six hexadecimal digits, such as %s)", t.Accent, colour.Accent)
	}
	if t.Logo != "" && webURL(t.Logo) == "" {
		return t, fmt.Errorf("logo %q is not an absolute http or https URL", t.Logo)
	}
	if t.LogoHeight == 0 {
		t.LogoHeight = 40
	}
	return t, nil
}

// The grounds that accent text stands on, the one with the least contrast of
// each mode: the panel of the offerings.
const (
	lightGround = "#f6f5f1"
	darkGround  = "#1f2228"
)

// onLight gives the accent, darkened until text in it can be read on paper.
func (t Theme) onLight() string { return colour.Readable(t.Accent, lightGround, "#000000") }

// onDark gives the accent, lightened until text in it can be read in dark mode.
func (t Theme) onDark() string { return colour.Readable(t.Accent, darkGround, "#ffffff") }

package digest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
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

const defaultAccent = "#0b6e75"

var hexColour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func (t Theme) withDefaults() (Theme, error) {
	if t.Accent == "" {
		t.Accent = defaultAccent
	}
	if !hexColour.MatchString(t.Accent) {
		return t, fmt.Errorf("accent %q is not a colour (want six hexadecimal digits, such as %s)", t.Accent, defaultAccent)
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
func (t Theme) onLight() string { return readable(t.Accent, lightGround, "#000000") }

// onDark gives the accent, lightened until text in it can be read in dark mode.
func (t Theme) onDark() string { return readable(t.Accent, darkGround, "#ffffff") }

// readable mixes colour with end, step by step, until its contrast on ground is
// 4.5:1 (WCAG 2.2, 1.4.3).
func readable(colour, ground, end string) string {
	const steps = 50
	for i := range steps {
		if mixed := mix(colour, end, float64(i)/steps); contrast(mixed, ground) >= 4.5 {
			return mixed
		}
	}
	return end
}

// mix gives the colour that is share of the way from a to b.
func mix(a, b string, share float64) string {
	x, y := channels(a), channels(b)
	for i := range x {
		x[i] += (y[i] - x[i]) * share
	}
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(x[0])), int(math.Round(x[1])), int(math.Round(x[2])))
}

// contrast gives the contrast ratio of two colours, 1 to 21 (WCAG 2.2).
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance gives a colour's relative luminance, 0 to 1 (WCAG 2.2).
func luminance(colour string) float64 {
	rgb := channels(colour)
	for i, c := range rgb {
		if c /= 255; c <= 0.04045 {
			rgb[i] = c / 12.92
		} else {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*rgb[0] + 0.7152*rgb[1] + 0.0722*rgb[2]
}

// channels gives red, green and blue of "#rrggbb", 0 to 255.
func channels(colour string) (rgb [3]float64) {
	n, _ := strconv.ParseUint(colour[1:], 16, 32) // its form was checked
	return [3]float64{float64(n >> 16), float64(n >> 8 & 0xff), float64(n & 0xff)}
}

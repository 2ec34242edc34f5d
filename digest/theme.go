package digest

import (
	"cmp"
	"fmt"
	htmltemplate "html/template"
	"regexp"
	"strings"

	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/words"
)

// Theme is what a site says about the looks and the footer of its digest. The
// zero Theme is usable.
type Theme struct {
	Accent       string  // colour, "#0b6e75"; that if ""
	Light, Dark  Colours // "" in them: ours
	Serif        bool    // headlines in a serif
	BodyFont     string  // CSS font stack; the system's fonts if ""
	HeadlineFont string  // CSS font stack; BodyFont, or a serif, if ""
	Width        int     // of the column, pixels, 480 to 700; 600 if 0

	Logo       string // image at the top instead of the title, absolute URL; ""
	LogoDark   string // the same for dark mode; "": Logo on a white ground
	LogoWidth  int    // pixels as shown; 0 if not known
	LogoHeight int    // pixels as shown; 40 if 0

	Reason        string            // why the reader gets this; in the edition's language if ""
	PostalAddress string            // the sender's, one line; the law asks for it in many countries; ""
	Words         map[string]string // texts in place of ours, see words.Of

	OfferingsInline bool                    // under the stories, not in a panel at the end
	Offerings       map[string]OfferingNote // what is known of an offering, by its ID or name
}

// Colours are those that a site can choose of one mode, "#rrggbb" or "" for
// ours. The others follow from them.
type Colours struct {
	Background, Paper, Ink string // around the column, in it, and the text
	Accent                 string // of dark mode only, where it is the Theme's, lightened, if ""
}

// palette is all colours of one mode, by name.
type palette map[string]string

var (
	lightPalette = palette{"background": "#f3f2ee", "paper": "#ffffff", "panel": "#f6f5f1", "ink": "#1b1d21", "muted": "#5c6066", "line": "#dedcd6"}
	darkPalette  = palette{"background": "#0f1114", "paper": "#16181d", "panel": "#1f2228", "ink": "#e8e6e3", "muted": "#a7abb3", "line": "#2c3038"}
)

const leastContrast = 4.5 // of text (WCAG 2.2, 1.4.3)

// mode makes a palette of a site's colours: the accent and the grey of by-lines
// are moved towards end until they can be read on every ground, and an ink that
// can't be is an error.
func (c Colours) mode(name string, ours palette, accent, end string) (palette, error) {
	p := palette{}
	for _, choice := range [][2]string{{"background", c.Background}, {"paper", c.Paper}, {"ink", c.Ink}} {
		key, own := choice[0], choice[1]
		if own != "" && !colour.Valid(own) {
			return nil, fmt.Errorf("%s %s %q is not a colour (want six hexadecimal digits, such as %s)", name, key, own, ours[key])
		}
		p[key] = cmp.Or(own, ours[key])
	}
	p["panel"], p["line"], p["muted"] = ours["panel"], ours["line"], ours["muted"]
	if c.Paper != "" || c.Ink != "" {
		p["panel"] = colour.Mix(p["paper"], p["ink"], 0.05)
		p["line"] = colour.Mix(p["paper"], p["ink"], 0.15)
		p["muted"] = colour.Mix(p["ink"], p["paper"], 0.3)
	}
	p["accent"] = accent
	for _, ground := range []string{"paper", "panel", "background"} {
		if r := colour.Contrast(p["ink"], p[ground]); r < leastContrast {
			return nil, fmt.Errorf("%s ink %s can't be read on %s %s: the contrast is %.1f (want %.1f or more)", name, p["ink"], ground, p[ground], r, leastContrast)
		}
		p["accent"] = colour.Readable(p["accent"], p[ground], end)
		p["muted"] = colour.Readable(p["muted"], p[ground], p["ink"])
	}
	return p, nil
}

// style gives a template function for the colours of a mode.
func (p palette) style(name string) (htmltemplate.CSS, error) {
	if p[name] == "" {
		return "", fmt.Errorf("there is no colour %q", name)
	}
	return htmltemplate.CSS(p[name]), nil
}

const (
	systemFont = "-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
	serifFont  = "Georgia,Times New Roman,serif"
)

var fontStack = regexp.MustCompile(`^[\pL\d "',-]+$`)

// bareFont gives a font stack without quotes, which a style attribute would
// have to escape: names of several words need none (CSS Fonts 4, 2.1).
func bareFont(stack string) string {
	parts := strings.Split(strings.NewReplacer(`"`, "", "'", "").Replace(stack), ",")
	for i, name := range parts {
		parts[i] = strings.Join(strings.Fields(name), " ")
	}
	return strings.Join(parts, ",")
}

func (t Theme) withDefaults() (Theme, error) {
	t.Accent = cmp.Or(t.Accent, colour.Accent)
	for _, accent := range []string{t.Accent, cmp.Or(t.Dark.Accent, t.Accent)} {
		if !colour.Valid(accent) {
			return t, fmt.Errorf("accent %q is not a colour (want six hexadecimal digits, such as %s)", accent, colour.Accent)
		}
	}
	for _, logo := range []string{t.Logo, t.LogoDark} {
		if logo != "" && webURL(logo) == "" {
			return t, fmt.Errorf("logo %q is not an absolute http or https URL", logo)
		}
	}
	for _, font := range []string{t.BodyFont, t.HeadlineFont} {
		if font != "" && !fontStack.MatchString(font) {
			return t, fmt.Errorf("font %q is not a list of fonts (want Verdana, Arial, sans-serif)", font)
		}
	}
	t.LogoHeight, t.Width = cmp.Or(t.LogoHeight, 40), cmp.Or(t.Width, 600)
	if t.Width < 480 || t.Width > 700 {
		return t, fmt.Errorf("width %d (want 480 to 700 pixels)", t.Width)
	}
	if t.Serif && t.HeadlineFont == "" {
		t.HeadlineFont = serifFont
	}
	t.BodyFont, t.HeadlineFont = bareFont(cmp.Or(t.BodyFont, systemFont)), bareFont(t.HeadlineFont)
	return t, words.Check(t.Words)
}

// light gives the colours on paper.
func (t Theme) light() (palette, error) {
	return t.Light.mode("light", lightPalette, t.Accent, "#000000")
}

// dark gives the colours of dark mode.
func (t Theme) dark() (palette, error) {
	return t.Dark.mode("dark", darkPalette, cmp.Or(t.Dark.Accent, t.Accent), "#ffffff")
}

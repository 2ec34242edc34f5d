package digest

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	nethtml "golang.org/x/net/html"

	"github.com/medigy/newsdesk/internal/colour"
)

// All text of a mail can be read: as it is, in dark mode, in Outlook.com's, and
// in clients that invert the colours whether the mail has a dark mode or not.
func TestContrast(t *testing.T) {
	for name, theme := range map[string]Theme{
		"default": testTheme,
		"logo":    {Logo: "https://www.medigy.com/logo.png", Accent: "#c8102e", Serif: true},
		"inline":  {OfferingsInline: true, Accent: "#ffcc00"},
	} {
		page := render(t, rich(t), theme, testLinks).HTML
		for mode, change := range map[string]func(pair) pair{
			"light":              func(p pair) pair { return p },
			"inverted lightness": func(p pair) pair { return pair{invertLightness(p.text), invertLightness(p.ground)} },
			"inverted colours":   func(p pair) pair { return pair{invertRGB(p.text), invertRGB(p.ground)} },
			"partly inverted":    partly,
		} {
			checkPairs(t, name+", "+mode, pairs(t, page, nil), change)
		}
		same := func(p pair) pair { return p }
		checkPairs(t, name+", dark", pairs(t, page, rules(page, `(?s)prefers-color-scheme:dark\)\{(.*?)\}\n\}`, `\.([a-z-]+)`)), same)
		checkPairs(t, name+", Outlook.com dark", pairs(t, page, rules(page, `(?s)<style>\n(\[data-ogsb\].*?)</style>`, `\[data-ogs[bc]\] \.([a-z-]+)`)), same)
	}
}

// pair is a text's colour and that of the ground it stands on.
type pair struct{ text, ground string }

func checkPairs(t *testing.T, mode string, all map[pair]string, change func(pair) pair) {
	t.Helper()
	if len(all) < 5 {
		t.Fatalf("%s: only %d pairs of colours", mode, len(all))
	}
	for _, p := range slices.SortedFunc(maps.Keys(all), func(a, b pair) int { return strings.Compare(a.text+a.ground, b.text+b.ground) }) {
		shown := change(p)
		if c := colour.Contrast(shown.text, shown.ground); c < 4.5 {
			t.Errorf("%s: %s on %s, contrast %.2f: %s", mode, shown.text, shown.ground, c, all[p])
		}
	}
}

// rules reads a sheet's colours by class.
func rules(page []byte, sheet, class string) map[string]string {
	all := map[string]string{}
	rule := regexp.MustCompile(class + `\{([^}]*)\}?`)
	for _, m := range rule.FindAllSubmatch(regexp.MustCompile(sheet).FindSubmatch(page)[1], -1) {
		all[string(m[1])] = string(m[2])
	}
	return all
}

var declared = regexp.MustCompile(`(?:^|;)(color|background-color):(#[0-9a-f]{6})`)

// pairs finds the colours of all visible text, from style attributes and, if
// given, from the classes of a sheet, which win. A pair's value is some text
// that has it.
func pairs(t *testing.T, page []byte, classes map[string]string) map[pair]string {
	t.Helper()
	root, err := nethtml.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	all := map[pair]string{}
	var walk func(n *nethtml.Node, now pair)
	walk = func(n *nethtml.Node, now pair) {
		if n.Type == nethtml.TextNode && strings.TrimSpace(n.Data) != "" {
			all[now] = strings.TrimSpace(n.Data)
		}
		var style, class string
		for _, a := range n.Attr {
			switch a.Key {
			case "style":
				style = a.Val
			case "class":
				class = a.Val
			}
		}
		if n.Data == "head" || strings.Contains(style, "display:none") {
			return
		}
		styles := []string{style}
		for _, c := range strings.Fields(class) {
			styles = append(styles, classes[c])
		}
		for _, s := range styles {
			for _, m := range declared.FindAllStringSubmatch(s, -1) {
				if m[1] == "color" {
					now.text = m[2]
				} else {
					now.ground = m[2]
				}
			}
		}
		if n.Data == "img" {
			all[now] = "an image's text"
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, now)
		}
	}
	walk(root, pair{})
	return all
}

func rgb(c string) (v [3]float64) {
	n, _ := strconv.ParseUint(c[1:], 16, 32)
	return [3]float64{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

func hexOf(v [3]float64) string {
	for i := range v {
		v[i] = math.Round(255 * max(0, min(1, v[i])))
	}
	return fmt.Sprintf("#%02x%02x%02x", int(v[0]), int(v[1]), int(v[2]))
}

// invertLightness keeps hue and saturation (HSL) and turns the lightness over,
// as Gmail for iOS does to a whole mail.
func invertLightness(c string) string {
	v := rgb(c)
	shift := 1 - slices.Max(v[:]) - slices.Min(v[:])
	for i := range v {
		v[i] += shift
	}
	return hexOf(v)
}

// invertRGB inverts a colour and turns its hue back by half a circle, as the
// filters invert(1) and hue-rotate(180deg) of several clients do (Filter
// Effects 1, 9.6).
func invertRGB(c string) string {
	v := rgb(c)
	r, g, b := 1-v[0], 1-v[1], 1-v[2]
	return hexOf([3]float64{
		-0.574*r + 1.430*g + 0.144*b,
		0.426*r + 0.430*g + 0.144*b,
		0.426*r + 1.430*g - 0.856*b,
	})
}

// partly darkens only light grounds, and lightens only dark text, as Outlook
// does.
func partly(p pair) pair {
	if colour.Contrast(p.ground, "#000000") > 4.6 {
		p.ground = invertLightness(p.ground)
	}
	if colour.Contrast(p.text, "#ffffff") > 4.5 {
		p.text = invertLightness(p.text)
	}
	return p
}

package mailcheck

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/medigy/newsdesk/internal/colour"
)

// enough is the least contrast of text (WCAG 2.2, 1.4.3), and enoughLarge that
// of large text: 24 px, or 18.66 px in bold.
const (
	enough      = 4.5
	enoughLarge = 3
)

// A ground is how a client paints a mail.
type ground struct {
	name   string
	dark   bool                       // what @media (prefers-color-scheme: dark) says counts
	change func(colour string) string // what the client does to colours; nil if nothing
}

// grounds are as the mail was written, light and dark, and as Gmail for iOS
// shows it in dark mode: with every colour's lightness turned round.
var grounds = []ground{{name: "light"}, {name: "dark", dark: true}, {name: "inverted", change: invert}}

// contrast computes each text's contrast on each ground.
func (c *checker) contrast() {
	for _, g := range grounds {
		if g.dark && !c.hasDark() {
			continue
		}
		p := &painter{sheet: c.sheet, ground: g, cache: make(map[*node]paint)}
		said := make(map[string]bool)
		for n := range c.root.all() {
			if n.tag != "" || strings.TrimSpace(n.text) == "" || n.parent.tag == "style" || n.parent.tag == "title" {
				continue
			}
			look := p.of(n.parent)
			if !look.shown || !colour.Valid(look.ink) || !colour.Valid(look.paper) {
				continue
			}
			ratio := colour.Contrast(look.ink, look.paper)
			pair := look.ink + look.paper
			if ratio >= look.wanted() || said[pair] {
				continue
			}
			said[pair] = true
			severity := Error
			if g.change != nil || ratio >= enoughLarge {
				severity = Warning
			}
			c.at(n.parent, severity, "contrast-"+g.name, "%q is %s on %s: contrast %.1f (want %.1f)%s",
				brief(strings.Join(strings.Fields(n.text), " "), 40), look.ink, look.paper, ratio, look.wanted(), in(g))
		}
	}
}

func in(g ground) string {
	switch {
	case g.dark:
		return " in dark mode"
	case g.change != nil:
		return " where the client inverts colours"
	}
	return ""
}

func (c *checker) hasDark() bool {
	for _, r := range c.sheet {
		if isDark(r) {
			return true
		}
	}
	return false
}

func isDark(r rule) bool {
	return strings.Contains(strings.ReplaceAll(strings.ToLower(r.condition), " ", ""), "prefers-color-scheme:dark")
}

// paint is how an element's text looks.
type paint struct {
	ink, paper string
	size       float64 // pixels
	bold       bool
	shown      bool
}

func (p paint) wanted() float64 {
	if p.size >= 24 || p.bold && p.size >= 18.66 {
		return enoughLarge
	}
	return enough
}

// painter finds the paint of elements; what is not said is inherited.
type painter struct {
	sheet []rule
	ground
	cache map[*node]paint
}

func (p *painter) of(n *node) paint {
	if n == nil || n.parent == nil {
		ink, paper := "#000000", "#ffffff"
		if p.change != nil {
			ink, paper = p.change(ink), p.change(paper)
		}
		return paint{ink: ink, paper: paper, size: 16, shown: true}
	}
	if look, ok := p.cache[n]; ok {
		return look
	}
	look := p.of(n.parent)
	if value := colourOf(n.attrs["bgcolor"]); value != "" {
		look.paper = p.changed(value)
	}
	switch n.tag {
	case "h1", "h2", "h3", "h4", "b", "strong", "th":
		look.bold = true
	case "a":
		look.ink = "" // the client's own, which it can read
	}
	var strong []declaration
	for _, d := range p.declarations(n) {
		if d.important {
			strong = append(strong, d)
		} else {
			p.apply(&look, d)
		}
	}
	for _, d := range strong {
		p.apply(&look, d)
	}
	p.cache[n] = look
	return look
}

// declarations gives what holds for n: the sheet's, then its own.
func (p *painter) declarations(n *node) []declaration {
	var all []declaration
	for _, r := range p.sheet {
		if r.condition != "" && !(p.dark && isDark(r)) {
			continue
		}
		for _, s := range r.selectors {
			if matches(s, n) {
				all = append(all, r.declarations...)
				break
			}
		}
	}
	return append(all, n.style...)
}

func (p *painter) changed(value string) string {
	if p.change == nil {
		return value
	}
	return p.change(value)
}

func (p *painter) apply(look *paint, d declaration) {
	switch d.property {
	case "color":
		if value := colourOf(d.value); value != "" {
			look.ink = p.changed(value)
		}
	case "background-color", "background":
		for word := range strings.FieldsSeq(d.value) {
			if value := colourOf(word); value != "" {
				look.paper = p.changed(value)
			}
		}
	case "font-size":
		if px, found := strings.CutSuffix(d.value, "px"); found {
			if size, err := strconv.ParseFloat(px, 64); err == nil {
				look.size = size
				look.shown = look.shown && size > 1
			}
		}
	case "font-weight":
		weight, _ := strconv.Atoi(d.value)
		look.bold = d.value == "bold" || weight >= 600
	case "display":
		look.shown = look.shown && d.value != "none"
	case "visibility":
		look.shown = look.shown && d.value != "hidden"
	}
}

var named = map[string]string{
	"black": "#000000", "white": "#ffffff", "red": "#ff0000", "blue": "#0000ff", "green": "#008000", "gray": "#808080",
	"grey": "#808080", "silver": "#c0c0c0", "navy": "#000080", "yellow": "#ffff00", "orange": "#ffa500", "teal": "#008080",
}

// colourOf gives a colour as #rrggbb, or "" if it is none, is transparent or is
// written in a way that mails do not use.
func colourOf(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if colour.Valid(value) {
		return value
	}
	if len(value) == 4 && value[0] == '#' {
		if long := string([]byte{'#', value[1], value[1], value[2], value[2], value[3], value[3]}); colour.Valid(long) {
			return long
		}
	}
	if !strings.HasPrefix(value, "rgb(") {
		return named[value]
	}
	var r, g, b int
	if n, _ := fmt.Sscanf(strings.ReplaceAll(value, " ", ""), "rgb(%d,%d,%d)", &r, &g, &b); n == 3 && r|g|b >= 0 && max(r, g, b) < 256 {
		return fmt.Sprintf("#%02x%02x%02x", r, g, b)
	}
	return ""
}

// invert turns a colour's lightness round and keeps its hue (HSL).
func invert(value string) string {
	var c [3]float64
	for i := range c {
		n, err := strconv.ParseUint(value[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return value
		}
		c[i] = float64(n) / 255
	}
	// Lightness l becomes 1-l; with hue and saturation kept, that moves every
	// channel by the same amount.
	by := 1 - max(c[0], c[1], c[2]) - min(c[0], c[1], c[2])
	out := "#"
	for i := range c {
		out += fmt.Sprintf("%02x", int(math.Round(255*(c[i]+by))))
	}
	return out
}

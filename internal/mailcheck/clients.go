package mailcheck

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed caniemail.json
var caniemail []byte

// clientData is caniemail.json: by slug the title of a feature and a letter for
// each client.
var clientData = sync.OnceValue(func() (data struct {
	Clients  []string
	Features map[string][2]string
}) {
	if err := json.Unmarshal(caniemail, &data); err != nil {
		panic(err) // the file is part of the program
	}
	return data
})

// Clients gives the mail clients that newsdesk writes for.
func Clients() []string { return slices.Clone(clientData().Clients) }

// Feature is a feature of HTML or CSS that a mail uses.
type Feature struct {
	Slug    string // of https://www.caniemail.com/features/SLUG/
	Title   string
	Lines   []int  // where it is used, each once
	Support string // of each of Clients: y, a (in part), n or ?
	always  bool   // used without a condition that clients can fail to meet
}

// Features gives what of caniemail's features the HTML uses, by slug.
func Features(source []byte) []Feature {
	c := &checker{Mail: Mail{HTML: source}, root: parseHTML(source)}
	c.sheet = c.readStyles()
	return c.features()
}

func (c *checker) features() []Feature {
	used := usage{}
	for n := range c.root.elements() {
		used.element(n)
	}
	for _, r := range c.sheet {
		used.rule(r)
	}
	return slices.SortedFunc(maps.Values(used), func(a, b Feature) int { return strings.Compare(a.Slug, b.Slug) })
}

// clients tells which clients do not show what. What only adds beauty, such as
// a rounded corner, is a note.
func (c *checker) clients() {
	for n := range c.root.elements("script", "iframe", "object", "embed", "applet", "frame", "frameset") {
		c.at(n, Error, "client-removed", "<%s> is taken out by every mail client, and makes spam filters suspicious", n.tag)
	}
	for _, r := range c.sheet {
		if r.condition == brokenRule {
			c.add(Finding{Severity: Warning, Kind: "css-broken", Part: HTML, Line: r.line, Text: "CSS that can't be read: Gmail drops the whole style element"})
		}
	}
	for _, f := range c.features() {
		var without []string
		for i, client := range Clients() {
			if f.Support[i] == 'n' {
				without = append(without, client)
			}
		}
		if len(without) == 0 {
			continue
		}
		severity := Note
		if breaking[f.Slug] && f.always {
			severity = Warning
		}
		c.add(Finding{
			Severity: severity, Kind: "client-" + f.Slug, Part: HTML, Line: f.Lines[0], Element: f.Title, Clients: without,
			Text: fmt.Sprintf("%s is not shown by %s (%s)", f.Title, strings.Join(without, ", "), places(f.Lines)),
		})
	}
}

func places(lines []int) string {
	if len(lines) == 1 {
		return fmt.Sprintf("line %d", lines[0])
	}
	return fmt.Sprintf("line %d and %d more", lines[0], len(lines)-1)
}

// breaking are the features without which a mail's layout or content is not
// what was meant; the others degrade in peace.
var breaking = set(`css-display-flex css-display-grid css-grid-template css-flex-direction css-flex-wrap css-gap
	css-position css-variables css-unit-calc css-function-clamp css-function-max css-function-min css-object-fit
	css-transform css-background-image css-unit-rem css-unit-vw css-unit-vh css-unit-vmin css-unit-vmax
	css-at-import css-nesting html-picture html-video html-audio html-form html-select html-textarea html-dialog
	html-input-text html-input-checkbox html-input-radio html-input-submit html-button-submit html-svg html-base
	html-link html-background html-popover html-marquee image-webp image-avif image-svg image-heif image-tiff
	image-base64 image-bmp image-mp4 css-float css-clip-path css-mask-image`)

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// usage collects features by slug.
type usage map[string]Feature

func (u usage) add(slug string, line int, always bool) {
	known, ok := clientData().Features[slug]
	if !ok {
		return
	}
	f := u[slug]
	f.Slug, f.Title, f.Support, f.always = slug, known[0], known[1], f.always || always
	if n := len(f.Lines); n == 0 || f.Lines[n-1] != line {
		f.Lines = append(f.Lines, line)
	}
	u[slug] = f
}

var elementSlugs = map[string]string{
	"h1": "html-h1-h6", "h2": "html-h1-h6", "h3": "html-h1-h6", "h4": "html-h1-h6", "h5": "html-h1-h6", "h6": "html-h1-h6",
	"ul": "html-lists", "ol": "html-lists", "dl": "html-lists", "map": "html-image-maps",
	"article": "html-semantics", "aside": "html-semantics", "details": "html-semantics", "figcaption": "html-semantics",
	"figure": "html-semantics", "footer": "html-semantics", "header": "html-semantics", "main": "html-semantics",
	"mark": "html-semantics", "nav": "html-semantics", "section": "html-semantics", "summary": "html-semantics", "time": "html-semantics",
}

// attributeFeatures are the attributes that are features by their own name.
var attributeFeatures = set(`align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding
	cellspacing dir height hidden lang loading popover required role target valign width`)

func (u usage) element(n *node) {
	slug := elementSlugs[n.tag]
	if slug == "" {
		slug = "html-" + n.tag
	}
	if n.tag == "input" || n.tag == "button" {
		slug += "-" + n.attrs["type"]
	}
	if !attributeFeatures[n.tag] && n.tag != "body" { // every mail has a body, and clients take it for their own
		u.add(slug, n.line, true)
	}
	for name, value := range n.attrs {
		switch {
		case attributeFeatures[name]:
			u.add("html-"+name, n.line, true)
		case name == "srcset" || name == "sizes":
			u.add("html-srcset", n.line, true)
		case name == "href" && strings.HasPrefix(value, "#"):
			u.add("html-anchor-links", n.line, true)
		case name == "href" && strings.HasPrefix(value, "mailto:"):
			u.add("html-mailto-links", n.line, true)
		case name == "src" && n.tag == "img":
			u.add(imageSlug(value), n.line, true)
		}
	}
	for _, d := range n.style {
		u.declaration(d, n.line, true)
	}
}

// imageSlug tells an image's format by its address.
func imageSlug(address string) string {
	if strings.HasPrefix(address, "data:") {
		return "image-base64"
	}
	address, _, _ = strings.Cut(address, "?")
	switch extension := strings.ToLower(strings.TrimPrefix(path.Ext(address), ".")); extension {
	case "jpg", "jpeg":
		return "image-jpg"
	case "heic":
		return "image-heif"
	case "tif":
		return "image-tiff"
	default:
		return "image-" + extension
	}
}

func (u usage) rule(r rule) {
	always := r.condition == ""
	name, rest, _ := strings.Cut(r.condition, " ")
	u.add("css-at-"+strings.TrimPrefix(strings.TrimSuffix(name, "("), "@"), r.line, false)
	for _, feature := range []string{"prefers-color-scheme", "prefers-reduced-motion", "orientation", "hover"} {
		if strings.Contains(r.condition+rest, "("+feature) {
			u.add("css-at-media-"+feature, r.line, false)
		}
	}
	for _, s := range r.selectors {
		u.selector(s, r.line)
	}
	for _, d := range r.declarations {
		u.declaration(d, d.line, always)
	}
}

var pseudo = regexp.MustCompile(`::?[a-z-]+`)

func (u usage) selector(s string, line int) {
	for _, name := range pseudo.FindAllString(s, -1) {
		u.add("css-pseudo-class-"+strings.TrimLeft(name, ":"), line, false)
		u.add("css-pseudo-element-"+strings.TrimLeft(name, ":"), line, false)
	}
	for mark, slug := range map[string]string{
		">": "child", "+": "adjacent-sibling", "~": "general-sibling", "[": "attribute", ".": "class", "#": "id", "*": "universal", " ": "descendant",
	} {
		if strings.Contains(s, mark) {
			u.add("css-selector-"+slug, line, false)
		}
	}
}

var (
	functions = regexp.MustCompile(`([a-z-]+)\(`)
	units     = regexp.MustCompile(`[0-9](ch|cm|em|ex|in|mm|pc|pt|px|rem|vh|vmax|vmin|vw|%)(?:$|[^a-z])`)
)

// declaration adds the features of a declaration at a line.
func (u usage) declaration(d declaration, line int, always bool) {
	for _, slug := range d.slugs {
		u.add(slug, line, always)
	}
}

// features gives the slugs of what a declaration uses that are known.
func (d declaration) features() (slugs []string) {
	add := func(slug string) {
		if _, ok := clientData().Features[slug]; ok {
			slugs = append(slugs, slug)
		}
	}
	add(propertySlug(d.property))
	if d.property == "display" || d.property == "flex-direction" || d.property == "flex-wrap" {
		add("css-display-" + strings.TrimPrefix(d.value, "inline-"))
	}
	if d.important {
		add("css-important")
	}
	for _, m := range functions.FindAllStringSubmatch(d.value, -1) {
		switch name := m[1]; name {
		case "var":
			add("css-variables")
		case "calc":
			add("css-unit-calc")
		case "lab", "lch", "oklab", "oklch":
			add("css-modern-color")
		default:
			add("css-" + name)
			add("css-function-" + name)
		}
	}
	for _, m := range units.FindAllStringSubmatch(d.value, -1) {
		add("css-unit-" + strings.Replace(m[1], "%", "percent", 1))
	}
	return slugs
}

// propertySlug gives the feature that a property belongs to.
func propertySlug(property string) string {
	if strings.HasPrefix(property, "--") {
		return "css-variables"
	}
	if _, ok := clientData().Features["css-"+property]; ok {
		return "css-" + property
	}
	switch property {
	case "left", "right", "top", "bottom":
		return "css-left-right-top-bottom"
	case "row-gap", "column-gap":
		return "css-gap"
	}
	family, _, _ := strings.Cut(property, "-")
	switch family {
	case "margin", "padding", "border":
		return "css-" + family
	case "grid":
		return "css-grid-template"
	case "column":
		return "css-column-layout-properties"
	}
	return ""
}

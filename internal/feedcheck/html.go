package feedcheck

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// HTML's elements (HTML Living Standard and the obsolete ones of HTML 4), by what
// a reader does with them.
var (
	riskyElements = set(`applet base body embed frame frameset head html iframe link meta noframes object param script
		slot style title xmp`)
	plainElements = set(`a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas caption
		center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure
		font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map mark menu meter
		nav noscript ol optgroup option output p picture pre progress q rb rp rt rtc ruby s samp search section select
		small source span strike strong sub summary sup svg table tbody td template textarea tfoot th thead time tr
		track tt u ul var video wbr math`)
	voidElements = set(`area base br col embed hr img input link meta param source track wbr`)
	// optionalEnd are elements whose end tag can be left out.
	optionalEnd = set(`p li dd dt option optgroup tr td th thead tbody tfoot colgroup caption rb rp rt rtc html head body`)
	// endsParagraph are elements that cannot stand in a paragraph, and end it.
	endsParagraph = set(`address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer
		form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul`)
	// endedBy are elements that end an open one of theirs.
	endedBy = map[string]map[string]bool{
		"li": set("li"), "dt": set("dt dd"), "dd": set("dt dd"), "option": set("option"), "optgroup": set("option optgroup"),
		"tr": set("tr td th"), "td": set("td th"), "th": set("td th"), "tbody": set("thead tbody tr td th"), "tfoot": set("tbody tr td th"),
		"rt": set("rt rp"), "rp": set("rt rp"),
	}
	urlAttributes = map[string]string{
		"a": "href", "img": "src", "audio": "src", "video": "src", "source": "src", "track": "src", "area": "href",
		"blockquote": "cite", "q": "cite", "del": "cite", "ins": "cite", "iframe": "src", "embed": "src", "object": "data", "input": "src",
	}
	safeProperty = regexp.MustCompile(`^(azimuth|background(-color)?|border(-(top|right|bottom|left))?(-(color|style|width))?|border-collapse|clear|color|cursor|` +
		`direction|display|elevation|float|font(-(family|size|style|variant|weight))?|height|letter-spacing|line-height|(margin|padding)(-(top|right|bottom|left))?|overflow|` +
		`pause(-after|-before)?|pitch(-range)?|richness|speak(-header|-numeral|-punctuation)?|speech-rate|stress|text-(align|decoration|indent)|unicode-bidi|vertical-align|` +
		`voice-family|volume|white-space|width|word-spacing)$`)
	riskyValue = regexp.MustCompile(`(?i)url\s*\(|expression|javascript:|@import|[\\<>]`)
	named      = regexp.MustCompile(`^&([A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+)`)
	endTag     = regexp.MustCompile(`</([A-Za-z][A-Za-z0-9]*)\s*>`)
	looseAmp   = regexp.MustCompile(`&[A-Za-z][A-Za-z0-9]*;?`)
)

// fragment checks a piece of HTML, of which line is the first line.
type fragment struct {
	c        *checker
	at       spot
	relative bool // relative addresses have something to be relative to
	open     []string
	told     map[string]bool
}

// html checks HTML that a feed carries as text.
func (c *checker) html(at spot, line int, text string, relative bool) {
	f := &fragment{c: c, at: at, relative: relative, told: map[string]bool{}}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(MaxBytes)
	for line := line; ; {
		kind := z.Next()
		raw := z.Raw()
		f.at.line, f.at.column = line, 0
		if kind == html.ErrorToken {
			if err := z.Err(); !errors.Is(err, io.EOF) || bytes.HasPrefix(raw, []byte("<")) {
				f.not("a tag is not closed")
			}
			break
		}
		lines := bytes.Count(raw, []byte("\n"))
		f.token(kind, string(raw), z)
		line += lines
	}
	for _, name := range f.open {
		if !optionalEnd[name] {
			f.not("<%s> is not closed", name)
		}
	}
}

func (f *fragment) token(kind html.TokenType, raw string, z *html.Tokenizer) {
	switch kind {
	case html.TextToken:
		f.text(raw)
	case html.CommentToken:
		if !strings.HasPrefix(raw, "<!--") {
			f.not("%s is not a tag", short(raw))
		}
	case html.DoctypeToken:
		f.not("a document type in the middle of a text")
	case html.EndTagToken:
		f.end(z.Token().Data)
	default:
		t := z.Token()
		f.start(t)
		if kind == html.SelfClosingTagToken && !voidElements[t.Data] && !slices.Contains(f.open, "svg") && !slices.Contains(f.open, "math") {
			f.not("<%s/> is not closed by its slash (want <%s></%s>)", t.Data, t.Data, t.Data)
		}
		if kind == html.StartTagToken && !voidElements[t.Data] {
			f.push(t.Data)
		}
	}
}

// push opens an element. Browsers, too, end their patience at this depth.
func (f *fragment) push(name string) {
	if len(f.open) >= 512 {
		f.not("elements stand more than 512 deep in each other")
		return
	}
	f.open = append(f.open, name)
}

// not tells the first thing that is not HTML: what follows is often its echo.
func (f *fragment) not(format string, args ...any) {
	if !f.told["NotHtml"] {
		f.told["NotHtml"] = true
		f.c.report(f.at, "NotHtml", format, args...)
	}
}

func (f *fragment) tell(code, key, format string, args ...any) {
	if key = code + " " + key; !f.told[key] {
		f.told[key] = true
		f.c.report(f.at, code, format, args...)
	}
}

func (f *fragment) text(raw string) {
	if i := strings.IndexByte(raw, '<'); i >= 0 && !(len(f.open) > 0 && riskyElements[f.open[len(f.open)-1]]) {
		f.not("a < that begins no tag at %s (want &lt;)", short(raw[i:]))
	}
	for _, m := range looseAmp.FindAllString(raw, -1) {
		if html.UnescapeString(strings.TrimSuffix(m, ";")+";") == strings.TrimSuffix(m, ";")+";" {
			if strings.HasSuffix(m, ";") {
				f.not("there is no character named %s", m)
			}
		} else if !strings.HasSuffix(m, ";") {
			f.not("%s lacks its semicolon", m)
		}
	}
}

func (f *fragment) start(t html.Token) {
	name := t.Data
	foreign := slices.Contains(f.open, "svg") || slices.Contains(f.open, "math")
	switch {
	case riskyElements[name]:
		f.tell("SecurityRisk", name, "<%s> in a text (want none)", name)
	case !plainElements[name] && !foreign:
		f.not("HTML has no <%s>", short(name))
	case name == "tr" || name == "td" || name == "th" || name == "tbody" || name == "thead":
		if !slices.Contains(f.open, "table") {
			f.not("<%s> outside of a table", name)
		}
	case name == "a" && slices.Contains(f.open, "a"):
		f.not("a link in a link")
	}
	f.implied(name)
	f.attributes(t)
}

// implied closes what a start tag closes.
func (f *fragment) implied(name string) {
	for len(f.open) > 0 {
		top := f.open[len(f.open)-1]
		if !(top == "p" && endsParagraph[name] || endedBy[name][top]) {
			return
		}
		f.open = f.open[:len(f.open)-1]
	}
}

func (f *fragment) end(name string) {
	if voidElements[name] {
		f.not("</%s>: <%s> has no end tag", name, name)
		return
	}
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i] == name {
			f.open = f.open[:i]
			return
		}
		if !optionalEnd[f.open[i]] {
			break
		}
	}
	f.not("</%s> closes nothing", name)
	if i := slices.Index(f.open, name); i >= 0 {
		f.open = slices.Delete(f.open, i, i+1)
	}
}

func (f *fragment) attributes(t html.Token) {
	seen := map[string]bool{}
	for _, a := range t.Attr {
		if seen[a.Key] {
			f.not("<%s> has the attribute %s twice", t.Data, short(a.Key))
		}
		seen[a.Key] = true
		f.attribute(t.Data, a.Key, a.Val)
	}
}

// attribute checks what both HTML and XHTML may not have.
func (f *fragment) attribute(element, key, value string) {
	switch {
	case strings.HasPrefix(key, "on"):
		f.tell("SecurityRiskAttr", key, "the attribute %s of <%s> is a script (want none)", key, element)
	case key == "style" && dangerousStyle(value):
		f.tell("DangerousStyleAttr", value, "the style %s of <%s> (want colours, fonts and spaces only)", short(value), element)
	case key == urlAttributes[element] && isScriptURL(value):
		f.tell("SecurityRiskAttr", value, "the address %s in <%s> is a script (want none)", short(value), element)
	case key == urlAttributes[element] && !f.relative && !hasScheme(value):
		f.tell("ContainsRelRef", value, "the address %s in <%s> is relative (want https://…)", short(value), element)
	}
}

func isScriptURL(s string) bool {
	s = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, s))
	return strings.HasPrefix(s, "javascript:") || strings.HasPrefix(s, "vbscript:")
}

// dangerousStyle is a style that can cover the reader's own page or load things.
func dangerousStyle(style string) bool {
	if riskyValue.MatchString(style) {
		return true
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(style), ";"), ";") {
		property, _, ok := strings.Cut(part, ":")
		if strings.TrimSpace(style) != "" && (!ok || !safeProperty.MatchString(strings.ToLower(strings.TrimSpace(property)))) {
			return true
		}
	}
	return false
}

// markup finds HTML in what should be plain text: an end tag or a character
// reference. A start tag alone may be a letter in a formula. Like W3C's validator
// it looks at the first & only: text in which that is no reference is plain.
func markup(s string) string {
	for _, m := range endTag.FindAllStringSubmatch(s, -1) {
		if name := strings.ToLower(m[1]); plainElements[name] || riskyElements[name] {
			return m[0]
		}
	}
	_, rest, _ := strings.Cut(s, "&")
	if m := named.FindString("&" + rest); m != "" && html.UnescapeString(m+";") != m+";" {
		return m + ";"
	}
	return ""
}

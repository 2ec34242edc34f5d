package corpus

import (
	"regexp"
	"strings"
)

// Lines that Markdown does not know: those of Docusaurus, Starlight and Pandoc
// (:::note Title), of GitHub ("> [!NOTE]") and of MDX (import A from "b").
var (
	container = regexp.MustCompile(`^(\s*):{3,}\s*(?:[A-Za-z][\w-]*)?\s*(?:\[(.*)\]|\{.*\}|(.*?))\s*$`)
	alert     = regexp.MustCompile(`^(\s*>\s*)\[![A-Za-z]+\][+-]?\s*$`)
	imported  = regexp.MustCompile(`^import\s+(?:[\w*{][^"']*\sfrom\s+)?(?:"[^"]+"|'[^']+');?\s*$`)
	module    = regexp.MustCompile(`^(?:import|export)\s`)
)

// plainMarkdown takes what only other dialects of Markdown understand out of a
// body, outside code: the frames of notes, of which the titles and all that is
// framed stay, and the imports and exports of MDX.
func plainMarkdown(text string, isMDX bool) string {
	if !isMDX && !strings.Contains(text, ":::") && !strings.Contains(text, "[!") && !strings.Contains(text, "import ") {
		return text
	}
	var b strings.Builder
	var d dialect
	for line := range strings.Lines(text) {
		b.WriteString(d.line(line, isMDX))
	}
	return b.String()
}

// dialect is where in a body its reader is.
type dialect struct {
	fence string // of the block of code, or ""
	code  bool   // inside an import or export of several lines
	text  bool   // the line before was not blank
}

// line gives what stays of a line.
func (d *dialect) line(line string, isMDX bool) string {
	trimmed := strings.TrimSpace(line)
	if d.fenced(trimmed) {
		return line
	}
	before := d.text
	d.text = trimmed != ""
	d.code = d.text && (d.code || isMDX && !before && module.MatchString(line))
	switch {
	case d.code, imported.MatchString(line):
		d.text = false // so that one may follow another
		return ""
	case strings.HasPrefix(trimmed, ":::"):
		m := container.FindStringSubmatch(line)
		if m == nil {
			return line
		}
		if title := m[2] + m[3]; title != "" {
			return "\n" + m[1] + "**" + title + "**\n\n"
		}
		return "\n"
	}
	if m := alert.FindStringSubmatch(line); m != nil {
		return m[1] + "\n"
	}
	return line
}

// fenced reports whether a line belongs to a block of code.
func (d *dialect) fenced(trimmed string) bool {
	if d.fence != "" {
		if strings.HasPrefix(trimmed, d.fence) && strings.Trim(trimmed, d.fence[:1]) == "" {
			d.fence = ""
		}
		return true
	}
	if !strings.HasPrefix(trimmed, "```") && !strings.HasPrefix(trimmed, "~~~") {
		return false
	}
	d.fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, trimmed[:1]))]
	return true
}

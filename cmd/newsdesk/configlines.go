package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/viper"
	"gopkg.in/yaml.v3"
)

// configLines knows where each key stands in the configuration file, which
// viper does not.
type configLines struct {
	file string
	line map[string]int // by dotted key in lower case
}

// at gives a fault as file:line: key: text, or with the environment's variable
// if the value is from there.
func (l configLines) at(key, text string) string {
	if name := environmentName(key); os.Getenv(name) != "" {
		return fmt.Sprintf("%s: %s", name, text)
	}
	if line := l.line[strings.ToLower(key)]; line > 0 {
		return fmt.Sprintf("%s:%d: %s: %s", l.file, line, key, text)
	}
	return fmt.Sprintf("%s: %s", key, text)
}

// sort puts faults in the order of their lines, each once.
func (l configLines) sort(faults []string) []string {
	slices.SortFunc(faults, func(a, b string) int { return cmp.Or(l.lineOf(a)-l.lineOf(b), strings.Compare(a, b)) })
	return slices.Compact(faults)
}

// lineOf reads the line back from a fault; those without one come first.
func (l configLines) lineOf(fault string) int {
	line, _, _ := strings.Cut(strings.TrimPrefix(fault, l.file+":"), ":")
	n, _ := strconv.Atoi(line)
	return n
}

var yamlErrorLine = regexp.MustCompile(`^yaml: line (\d+): (.*)`)

// readConfigFile gives the file to viper and finds its unknown keys.
func readConfigFile(v *viper.Viper, file string, text []byte) (configLines, []string) {
	lines := configLines{file: file, line: map[string]int{}}
	if i := invalidUTF8(text); i >= 0 {
		return lines, []string{fmt.Sprintf("%s:%d: not UTF-8 text (save it as UTF-8)", file, 1+bytes.Count(text[:i], []byte("\n")))}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		if m := yamlErrorLine.FindStringSubmatch(err.Error()); m != nil {
			return lines, []string{fmt.Sprintf("%s:%s: broken YAML: %s", file, m[1], m[2])}
		}
		// A fault in the first line has no number.
		return lines, []string{fmt.Sprintf("%s:1: broken YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	var faults []string
	switch {
	case doc.Kind == 0:
	case doc.Content[0].Kind != yaml.MappingNode:
		return lines, []string{fmt.Sprintf("%s:%d: want key: value, such as site: {url: https://www.example.org}", file, doc.Content[0].Line)}
	default:
		faults = lines.walk(doc.Content[0], "")
	}
	v.SetConfigType("yaml")
	if err := v.ReadConfig(bytes.NewReader(text)); err != nil {
		return lines, append(faults, fmt.Sprintf("%s: %v", file, err))
	}
	return lines, faults
}

// wantKeys is the fault of a section that is a text: nothing in it can be judged.
const wantKeys = "want keys below it"

// invalidUTF8 gives the offset of the first byte that is not UTF-8, or -1. UTF-16,
// which YAML may be, begins with a mark.
func invalidUTF8(text []byte) int {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// walk notes the lines of n's keys and finds the unknown ones.
func (l configLines) walk(n *yaml.Node, parent string) []string {
	var faults []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, child := n.Content[i], n.Content[i+1]
		key := parent + strings.ToLower(name.Value)
		if l.line[key] > 0 {
			faults = append(faults, fmt.Sprintf("%s:%d: %s: is already at line %d", l.file, name.Line, key, l.line[key]))
		}
		l.line[key] = name.Line
		_, known := defaults[key]
		switch {
		case parent == "look.words." && child.Kind == yaml.MappingNode:
			faults = append(faults, l.walk(child, key+".")...)
		case strings.HasPrefix(key, "content.fields."), strings.HasPrefix(key, "look.words."), strings.HasPrefix(key, "digest.utm."):
		case key == "digests" || strings.HasPrefix(key, "digests."):
			faults = append(faults, l.walkDigests(child, key)...)
		case child.Kind == yaml.MappingNode && (key == "content.fields" || key == "look.words" || key == "digest.utm" || key == "feeds.named" || parent == "feeds.named." || isSection(key)):
			faults = append(faults, l.walk(child, key+".")...)
		case key == "smtp.dkim":
			faults = append(faults, l.walkList(child, key, dkimKeys)...)
		case key == "smtp.relays":
			faults = append(faults, l.walkList(child, key, relayKeys)...)
		case key == "smtp.domains":
			faults = append(faults, l.walkList(child, key, domainKeys)...)
		case parent == "feeds.named.":
			faults = append(faults, l.at(key, "want keys below it: "+strings.Join(namedFeedKeys, ", ")))
		case strings.HasPrefix(key, "feeds.named."):
			if !slices.Contains(namedFeedKeys, strings.ToLower(name.Value)) {
				faults = append(faults, l.at(key, "unknown key (want "+strings.Join(namedFeedKeys, ", ")+")"))
			}
		case isSection(key) && child.Tag == "!!null":
		case isSection(key):
			faults = append(faults, l.at(key, wantKeys))
		case !known:
			faults = append(faults, l.at(parent+name.Value, "unknown key"+suggestion(key)))
		}
	}
	return faults
}

// isSection reports whether other keys stand below key.
func isSection(key string) bool {
	for known := range defaults {
		if strings.HasPrefix(known, key+".") {
			return true
		}
	}
	return false
}

// suggestion names the known key or section that an unknown key was likely meant
// to be: one that is written nearly so, or one of that name in another section.
func suggestion(key string) string {
	known := map[string]bool{}
	for name := range defaults {
		known[name] = true
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			known[name[:dot]] = true
		}
	}
	names := slices.Sorted(maps.Keys(known))
	if name := near(key, names); name != "" {
		return didYouMean(name, "")
	}
	own := key[strings.LastIndexByte(key, '.')+1:]
	for _, name := range names {
		if name[strings.LastIndexByte(name, '.')+1:] == own {
			return didYouMean(name, "")
		}
	}
	return " (newsdesk init --print shows all)"
}

// walkList notes the lines of a list's members and finds the unknown keys in them.
func (l configLines) walkList(list *yaml.Node, parent string, known []string) []string {
	var faults []string
	for i, m := range list.Content {
		key := member(parent, i)
		l.line[key] = m.Line
		if m.Kind != yaml.MappingNode {
			continue // told when it is decoded
		}
		for n := 0; n+1 < len(m.Content); n += 2 {
			if name := m.Content[n].Value; !slices.Contains(known, strings.ToLower(name)) {
				faults = append(faults, l.at(key, "unknown key "+name+" (want "+strings.Join(known, ", ")+")"))
			}
		}
	}
	return faults
}

// member names a member of a list in the configuration: "smtp.dkim[0]".
func member(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

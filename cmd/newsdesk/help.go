package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// helpColumns is how wide a help text is where there is no terminal.
const helpColumns = 80

// fitHelp has the help of a command and of all below it fit the terminal.
func (a *app) fitHelp(root *cobra.Command) {
	plain := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		var b bytes.Buffer
		c.SetOut(&b)
		plain(c, args)
		c.SetOut(nil)
		n := columns(a.stdout)
		if n == 0 {
			n = helpColumns
		}
		fmt.Fprint(a.stdout, reflow(b.String(), min(n, 100)))
	})
}

// entry is a line of a list, whose text begins after two spaces or more:
// "  -h, --help   help for build".
var entry = regexp.MustCompile(`^ +\S+(?: \S+)*  +\b`)

// reflow sets a help text in so many columns. Paragraphs are filled; of what is
// indented every line stays one, but what continues an entry is filled with it.
func reflow(text string, columns int) string {
	var out, block []string
	indent := 0 // of the block's text
	flush := func() {
		if len(block) > 0 {
			out = append(out, wrap(strings.Join(block, " "), indent, columns))
		}
		block = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		words := strings.TrimLeft(line, " ")
		at := len(line) - len(words)
		switch {
		case words == "":
			flush()
			out = append(out, "")
		case len(block) > 0 && at == indent && (at == 0 || entry.MatchString(block[0])):
			block = append(block, words)
		default:
			flush()
			block, indent = []string{line}, max(at, len(entry.FindString(line)))
		}
	}
	flush()
	return strings.Join(out, "\n") + "\n"
}

package main

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

// style colours text on a terminal, and leaves it alone elsewhere.
type style struct{ on bool }

func (s style) paint(code, text string) string {
	if !s.on {
		return text
	}
	return sgr(code) + text + sgr(plainCode)
}

func sgr(code string) string { return "\x1b[" + code + "m" }

// The codes of SGR (ECMA-48 section 8.3.117) that newsdesk writes, and visible lets
// pass.
const (
	plainCode, boldCode, greyCode = "0", "1", "2"
	redCode, yellowCode           = "31", "33"
)

func (s style) red(text string) string    { return s.paint(redCode, text) }
func (s style) yellow(text string) string { return s.paint(yellowCode, text) }
func (s style) bold(text string) string   { return s.paint(boldCode, text) }
func (s style) grey(text string) string   { return s.paint(greyCode, text) }

// note tells what changes no output, in one line.
func (a *app) note(format string, args ...any) {
	if !a.flags.quiet {
		text := "note: " + oneLine(strings.TrimSpace(fmt.Sprintf(format, args...)))
		printLine(a.stderr, a.style.grey(text), 2)
	}
}

// warn tells what somebody should see to, in one line.
func (a *app) warn(format string, args ...any) {
	if !a.flags.quiet {
		text := a.style.yellow("warning: ") + oneLine(fmt.Sprintf(format, args...))
		printLine(a.stderr, text, 2)
	}
}

// logger gives the log of what runs for long and has no one at the keyboard, from a
// level on; with --quiet it has errors only.
func (a *app) logger(from slog.Level) *slog.Logger {
	if a.flags.quiet {
		from = max(from, slog.LevelError)
	}
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: from}))
}

// row is one line of a summary: "feeds     39  files in public/".
type row struct {
	name  string
	count string // a number, aligned at the right, or ""
	text  string
}

// printRows writes rows as one block with aligned columns; on a terminal the last
// wraps below itself.
func printRows(w io.Writer, rows []row) {
	names, counts := 0, 0
	for _, r := range rows {
		names, counts = max(names, textWidth(r.name)), max(counts, textWidth(r.count))
	}
	for _, r := range rows {
		line := fmt.Sprintf("  %s  %*s  %s", pad(r.name, names), counts, r.count, oneLine(r.text))
		printLine(w, strings.TrimRight(line, " "), names+counts+6)
	}
}

// printAligned writes lines of texts in columns that are as wide as their widest; on a
// terminal the last wraps below itself.
func (a *app) printAligned(lines [][]string) {
	var widths []int
	for _, line := range lines {
		for i, text := range line[:len(line)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], textWidth(text))
		}
	}
	for _, line := range lines {
		text, indent := "", 0
		for i, n := range widths {
			text, indent = text+pad(line[i], n)+"  ", indent+n+2
		}
		printLine(a.stdout, strings.TrimRight(text+line[len(line)-1], " "), indent)
	}
}

// tell writes what came of a command: with --json a result for scripts, else rows
// for people, which --quiet leaves out.
func (a *app) tell(result any, rows ...row) error {
	if a.flags.json {
		return a.printJSON(result)
	}
	if !a.flags.quiet {
		printRows(a.stdout, rows)
	}
	return nil
}

// plural gives "1 article" or "2 articles".
func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		return number(n) + " " + strings.TrimSuffix(noun, "y") + "ies"
	}
	return number(n) + " " + noun + "s"
}

// count is how many there are of something.
type count struct {
	n    int
	word string
}

// counted gives what there is: "3 sent, 1 failed".
func counted(all ...count) string {
	var parts []string
	for _, c := range all {
		if c.n > 0 {
			parts = append(parts, number(c.n)+" "+c.word)
		}
	}
	return strings.Join(parts, ", ")
}

// number gives 12345 as "12,345".
func number(n int) string {
	s := fmt.Sprint(n)
	for i := utf8.RuneCountInString(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// timeRow tells how long the command has run, by the real clock.
func (a *app) timeRow() row {
	return row{"time", fmt.Sprintf("%.2f", time.Since(a.started).Seconds()), "seconds"}
}

// shown gives an output file as the terminal shows it.
func shown(parts ...string) string { return filepath.ToSlash(filepath.Join(parts...)) }

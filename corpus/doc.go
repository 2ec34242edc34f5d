// Package corpus reads a folder of articles that nobody here wrote, completely,
// and says plainly what is wrong in it.
//
// # From files to a corpus
//
// Load lists the article files (load.go), reads each (file.go, dir.go), takes it
// apart into front matter and body (frontmatter.go, encoding.go) and turns the
// front matter, whatever format it is in, into one tree of values with lines
// (value.go). A value's text stays as it was written: "012", "11." and "yes" are
// those characters, because the field that takes a text decides what it means,
// not YAML.
//
// A reader (reader.go, head.go) derives the fields of one article. Where a field stands in
// the front matter is configuration (Fields, Presets). Each field has a small file
// of its own: date.go, language.go, topic.go, people.go, image.go, summary.go,
// body.go.
//
// # Heads and articles
//
// Load reads twice. First it reads of every file what choosing needs, the Head,
// and sorts: by date, newest first, then by date of change, then by ID, so that
// the order is total. Then it reads the rest, the Article, of those heads that
// Options.Want picks because some output shows them. Markdown is rendered, URLs
// are made absolute and text is cleaned here, once; whoever has an Article need
// not know where it came from.
//
// # The index
//
// Most files are as they were when they were last read. An Index (index.go)
// remembers what each gave, keyed by a stamp that the system gives without opening
// the file, and Load reads the others. Of the articles that outputs show it
// remembers a Version, so that an output whose articles have the versions that it
// was made of need not have them read at all; Corpus.Read reads those of the
// others. An index changes nothing but the time that Load takes.
//
// # What is wrong
//
// Nothing is dropped in silence. Every file that is not in the corpus is in
// Report.LeftOut with its reason, every fault is a Finding with file, line and
// field, and all are told at once. An Error leaves its article out, a Warning does
// not. Explain tells for one article which key and which rule gave each field.
//
// # Untrusted
//
// Content is anybody's. Sizes, depth and aliases are bounded, links that lead out
// of the folder are not followed (Dir), HTML passes a sanitiser after it was
// parsed as browsers parse it, and no text holds a character that XML 1.0 forbids.
package corpus

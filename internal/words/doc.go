// Package words holds the fixed texts of what people get from newsdesk, the digest,
// the newsletter's pages and its letters, in the languages that it speaks, and how
// those languages are set: their direction, their dates, where lines break.
//
// Each language is one file with one value of Words; a site words any text anew by
// the name in its field's tag, look.words of the configuration. No template has
// words of its own.
package words

// Package digest makes the mail that tells subscribers what was published in a
// week, or another period, in three steps with a value between each:
//
//	Corpus ─Compile─▶ Edition ─Render─▶ Issue ─For─▶ one recipient's two parts
//
// Compile chooses: which articles, which of them leads, in which sections, and
// it keeps the reason for every article that it took or left. It knows the
// editor's choices, and from the digest's history which articles were in other
// editions: so every article is in one edition once, also if it arrives late or
// its date is changed. Render writes
// the HTML part, the text part and the public page ("view in browser") from
// one view of the edition, so all three show the same stories and the same
// links in the same order. An Issue is the same for all its readers: what is
// personal in it are marks, which For fills.
//
// Nothing here reads a clock, a file outside the templates or the environment:
// the same corpus, period and options, choices and history among them, give the
// same bytes.
package digest

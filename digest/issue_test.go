package digest

import (
	"bytes"
	"slices"
	"testing"
)

func TestFor(t *testing.T) {
	i := render(t, sample(t), testTheme, testLinks)
	before := i.Hash()
	page, text := i.For(Recipient{Unsubscribe: "https://news.medigy.com/u?a=1&b=2", Preferences: "https://news.medigy.com/p"})
	for _, want := range []string{`href="https://news.medigy.com/u?a=1&amp;b=2"`, `href="https://news.medigy.com/p"`, `href="` + i.URL + `"`} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("HTML lacks %s", want)
		}
	}
	if !bytes.Contains(text, []byte("\nhttps://news.medigy.com/u?a=1&b=2\n")) {
		t.Error("text lacks the unsubscribe URL, unescaped, on a line of its own")
	}
	for name, part := range map[string][]byte{"HTML": page, "text": text} {
		if bytes.Contains(part, []byte(".invalid")) {
			t.Errorf("a mark is left in the %s", name)
		}
	}
	if i.Hash() != before || !bytes.Contains(i.HTML, []byte(MarkUnsubscribe)) {
		t.Error("For changed the issue")
	}
	kept, _ := i.For(Recipient{})
	if !bytes.Contains(kept, []byte(MarkUnsubscribe)) || !bytes.Contains(kept, []byte(MarkPreferences)) || bytes.Contains(kept, []byte(MarkView)) {
		t.Error("without URLs, the marks but for the view should stay")
	}
}

// The hash is of what subscribers get, and of all of it.
func TestHash(t *testing.T) {
	i := render(t, sample(t), testTheme, testLinks)
	if again := render(t, sample(t), testTheme, testLinks); again.Hash() != i.Hash() {
		t.Error("the same edition, rendered twice, has two hashes")
	}
	for name, change := range map[string]func(*Issue){
		"subject":   func(i *Issue) { i.Subject += " " },
		"preheader": func(i *Issue) { i.Preheader += " " },
		"HTML":      func(i *Issue) { i.HTML = append(slices.Clone(i.HTML), ' ') },
		"text":      func(i *Issue) { i.Text = append(slices.Clone(i.Text), ' ') },
		"border":    func(i *Issue) { i.HTML, i.Text = append(slices.Clone(i.HTML), i.Text[0]), i.Text[1:] },
	} {
		changed := *i
		if change(&changed); changed.Hash() == i.Hash() {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

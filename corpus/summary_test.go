package corpus

import "testing"

func TestFirstSentences(t *testing.T) {
	for _, test := range []struct {
		all  []string
		want string
	}{
		{nil, ""},
		{[]string{"One.", "Two."}, "One. Two."},
		{[]string{"One.", "Highlights are:"}, "One."},
		{[]string{"Highlights are:"}, "Highlights are:"},
		{[]string{"Highlights are:", "One.", "Two:"}, "Highlights are: One."},
		{[]string{"One.", "Too long for one summary."}, "One."},
	} {
		if got := firstSentences(test.all, 29); got != test.want {
			t.Errorf("%q: %q, want %q", test.all, got, test.want)
		}
	}
}

func TestPlainText(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"**Next**: see [our *plan*](https://a.example/b_(c)?d) and ![a picture](/x.png).", "Next: see our *plan* and a picture."},
		{"The `<div>` of `a && b`, in <b>short</b> &amp; plain", "The <div> of a && b, in short & plain"},
		{"2 ** 3 ** 4, a[1](2 x), [note] and *one*", "2 ** 3 ** 4, a[1](2 x), [note] and *one*"},
	} {
		if got := plainText(test.in); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}

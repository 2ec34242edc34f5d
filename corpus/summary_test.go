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

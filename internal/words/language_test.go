package words

import "testing"

func TestDirection(t *testing.T) {
	for tag, want := range map[string]string{
		"": "ltr", "en": "ltr", "en-US": "ltr", "he": "rtl", "ar-EG": "rtl", "FA": "rtl", "ur": "rtl",
		"ar-Latn": "ltr", "az-Arab": "rtl", "ku-Arab-IQ": "rtl", "sl-1994": "ltr", "zh-Hant": "ltr",
	} {
		if got := Direction(tag); got != want {
			t.Errorf("Direction(%q) = %s, want %s", tag, got, want)
		}
	}
}

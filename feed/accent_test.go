package feed

import (
	"testing"

	"github.com/medigy/newsdesk/internal/colour"
)

func TestAccents(t *testing.T) {
	for _, test := range []struct{ accent, light, dark string }{
		{"#0b5c66", "#0b5c66", ""}, // dark enough for light paper
		{"#ffcc00", "", "#ffcc00"}, // light enough for dark paper
		{"red", colour.Accent, ""}, // not #rrggbb: the default
	} {
		light, dark := accents(test.accent)
		if test.light != "" && light != test.light || colour.Contrast(light, lightPanel) < 4.5 {
			t.Errorf("%s on the light page is %s, want %s", test.accent, light, test.light)
		}
		if test.dark != "" && dark != test.dark || colour.Contrast(dark, darkPanel) < 4.5 {
			t.Errorf("%s on the dark page is %s, want %s", test.accent, dark, test.dark)
		}
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct{ width, height, wantWidth, wantHeight int }{
		{0, 0, 0, 0}, // not measured
		{88, 31, 88, 31},
		{600, 200, 144, 48},
		{100, 800, 50, 400},
		{5000, 1, 144, 1},
		{1440, 8000, 72, 400},
	} {
		width, height := fit(test.width, test.height, 144, 400)
		if width != test.wantWidth || height != test.wantHeight {
			t.Errorf("fit(%d, %d) = %d, %d, want %d, %d", test.width, test.height, width, height, test.wantWidth, test.wantHeight)
		}
	}
}

package feed

import "testing"

func TestAccents(t *testing.T) {
	for _, test := range []struct{ accent, light, dark string }{
		{"#0b5c66", "#0b5c66", ""}, // dark enough for light paper
		{"#ffffff", "", "#ffffff"}, // light enough for dark paper
		{"#000000", "#000000", ""},
		{"#ffcc00", "", "#ffcc00"},
		{"#d00000", "", ""},
		{"red", "#0b5c66", ""}, // not #rrggbb: the default
		{"#12345g", "#0b5c66", ""},
	} {
		light, dark := accents(test.accent)
		for _, c := range []struct {
			name, got, want string
			panel           rgb
		}{{"light", light, test.light, lightPanel}, {"dark", dark, test.dark, darkPanel}} {
			colour, ok := parseColour(c.got)
			if !ok || contrast(colour, c.panel) < 4.5 {
				t.Errorf("%s on the %s page is %s, contrast %.2f, want 4.5", test.accent, c.name, c.got, contrast(colour, c.panel))
			}
			if c.want != "" && c.got != c.want {
				t.Errorf("%s on the %s page is %s, want %s", test.accent, c.name, c.got, c.want)
			}
		}
	}
}

// TestContrast has the known ends of WCAG's scale, and a grey between them.
func TestContrast(t *testing.T) {
	white := rgb{255, 255, 255}
	for _, test := range []struct {
		colour rgb
		want   float64
	}{{white, 1}, {rgb{0, 0, 0}, 21}, {rgb{0x76, 0x76, 0x76}, 4.54}} {
		if got := contrast(white, test.colour); got < test.want-0.005 || got > test.want+0.005 {
			t.Errorf("contrast of white and %s is %.3f, want %.2f", test.colour, got, test.want)
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

package digest

import (
	"testing"

	"github.com/medigy/newsdesk/internal/colour"
)

// Whatever a site chooses, its text can be read on all grounds, and an accent
// that is good already stays as it is.
func TestPalettes(t *testing.T) {
	for _, theme := range []Theme{
		{}, {Accent: "#000000"}, {Accent: "#ffffff"}, {Accent: "#ffff00"}, {Accent: "#0000FF"}, {Accent: "#7f7f7f"}, {Accent: "#c8102e"},
		{Light: Colours{Ink: "#333333", Paper: "#fffbe6", Background: "#eeeeee"}, Dark: Colours{Ink: "#dddddd", Paper: "#101820", Background: "#000000", Accent: "#3366ff"}},
	} {
		theme, err := theme.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		light, err := theme.light()
		if err != nil {
			t.Fatal(err)
		}
		dark, err := theme.dark()
		if err != nil {
			t.Fatal(err)
		}
		for mode, p := range map[string]palette{"light": light, "dark": dark} {
			for _, text := range []string{"ink", "muted", "accent"} {
				for _, ground := range []string{"background", "paper", "panel"} {
					if c := colour.Contrast(p[text], p[ground]); c < 4.5 {
						t.Errorf("theme %+v, %s: %s %s on %s %s: contrast %.2f", theme.Light, mode, text, p[text], ground, p[ground], c)
					}
				}
			}
		}
	}
	theme, _ := Theme{}.withDefaults()
	if light, _ := theme.light(); light["accent"] != colour.Accent {
		t.Errorf("the default accent became %s on paper", light["accent"])
	}
}

func TestThemeErrors(t *testing.T) {
	for _, tt := range []struct {
		theme Theme
		want  string
	}{
		{Theme{Accent: "teal"}, `accent "teal" is not a colour (want six hexadecimal digits, such as #0b6e75)`},
		{Theme{Accent: "#0b6"}, `accent "#0b6" is not a colour (want six hexadecimal digits, such as #0b6e75)`},
		{Theme{Accent: "#0b6e75;x:y"}, `accent "#0b6e75;x:y" is not a colour (want six hexadecimal digits, such as #0b6e75)`},
		{Theme{Logo: "/logo.png"}, `logo "/logo.png" is not an absolute http or https URL`},
		{Theme{LogoDark: "logo.png"}, `logo "logo.png" is not an absolute http or https URL`},
		{Theme{Width: 300}, `width 300 (want 480 to 700 pixels)`},
		{Theme{BodyFont: "x;color:red"}, `font "x;color:red" is not a list of fonts (want Verdana, Arial, sans-serif)`},
		{Theme{Words: map[string]string{"more": "x"}}, `there is no text "more" to word (want one of about_author`},
		{Theme{Words: map[string]string{"months": "a b"}}, `months has 2 names, want 12, divided by blanks`},
		{Theme{Light: Colours{Ink: "black"}}, `light ink "black" is not a colour (want six hexadecimal digits, such as #1b1d21)`},
		{Theme{Dark: Colours{Ink: "#333333"}}, `dark ink #333333 can't be read on paper #16181d: the contrast is 1.4 (want 4.5 or more)`},
	} {
		_, err := Parse(nil, tt.theme, testLinks)
		if err == nil || len(err.Error()) < len(tt.want) || err.Error()[:len(tt.want)] != tt.want {
			t.Errorf("theme %+v: error %v\nwant %s", tt.theme, err, tt.want)
		}
	}
}

package mailcheck

import (
	"strings"
	"unicode"
)

// images checks that an image is shown, and that a mail is whole without it.
func (c *checker) images() {
	for img := range c.root.elements("img") {
		c.source(img)
		c.alternative(img)
		if _, ok := img.attr("width"); !ok {
			c.at(img, Warning, "image-without-width", "an image without a width attribute is shown in its full size by Outlook for Windows")
		}
	}
}

func (c *checker) source(img *node) {
	src, _ := img.attr("src")
	switch {
	case src == "":
		c.at(img, Error, "image-without-address", "an image has no src")
	case strings.HasPrefix(src, "data:"):
		c.at(img, Error, "image-data", "Gmail and Outlook do not show data: images (want https://… or cid:…)")
	case strings.HasPrefix(src, "http://"):
		c.at(img, Warning, "image-not-encrypted", "an image over http is blocked or warned of (want https://…)")
	case !strings.HasPrefix(src, "https://") && !strings.HasPrefix(src, "cid:"):
		c.at(img, Error, "image-address", "%q is no address that an inbox can load (want https://… or cid:…)", brief(src, 80))
	}
	if img.attrs["width"] == "1" || img.attrs["height"] == "1" {
		c.at(img, Warning, "image-pixel", "an image of one pixel is taken for a tracker")
	}
}

// alternative checks what is said in place of an image.
func (c *checker) alternative(img *node) {
	alt, ok := img.attr("alt")
	switch {
	case !ok:
		c.at(img, Error, "image-without-alt", "an image has no alt: a screen reader says its address (want alt=\"\" if it only decorates)")
	case alt == "":
	case fileName(alt):
		c.at(img, Warning, "image-alt-file", "alt %q is a file's name", alt)
	case c.saidBeside(img, alt):
		c.at(img, Warning, "image-alt-repeats", "alt %q repeats the headline beside it: it is heard twice (want what the image shows, or \"\")", brief(alt, 60))
	case len([]rune(alt)) > 250:
		c.at(img, Note, "image-alt-long", "alt has %d characters: screen readers can't pause in it", len([]rune(alt)))
	}
}

func fileName(s string) bool {
	for _, extension := range []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".avif"} {
		if strings.HasSuffix(strings.ToLower(s), extension) {
			return true
		}
	}
	return false
}

// saidBeside reports whether a headline near an image has the same letters.
func (c *checker) saidBeside(img *node, alt string) bool {
	around := img.parent
	for range 6 {
		if around == nil || around.parent == nil {
			break
		}
		found := false
		for h := range around.elements("h1", "h2", "h3", "h4") {
			found = true
			if img.within(h.tag) == nil && letters(h.words()) == letters(alt) {
				return true
			}
		}
		if found {
			return false
		}
		around = around.parent
	}
	return false
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

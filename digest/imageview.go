package digest

import "github.com/medigy/newsdesk/corpus"

// Pixels of the boxes that images fit into: the lead's is as wide as the column
// without its padding; a story's has another on a phone, where it stands above
// the text. Images keep their shape: object-fit is dropped by Yahoo, Outlook
// for Windows and Gmail's apps, which would then squeeze a cropped one.
const (
	sidePadding             = 24
	thumbWidth, thumbHeight = 132, 132
	phoneWidth, phoneHeight = 560, 400
)

type imageView struct {
	URL, Alt      string
	Width, Height int // pixels as shown; Height is 0 if not known
	Phone         int // of a story: greatest width on a phone in pixels; 0 if it may be all
}

// newThumbView gives a's image as it stands beside a story.
func newThumbView(a *corpus.Article) *imageView {
	v := newImageView(a, thumbWidth, thumbHeight)
	if v == nil {
		return nil
	}
	if phone := newImageView(a, phoneWidth, phoneHeight).Width; phone < phoneWidth {
		v.Phone = phone
	}
	return v
}

// newImageView fits a's image into a box, never enlarging it. It is nil if there
// is no image. Alt is "" if it would only say the headline again.
func newImageView(a *corpus.Article, width, height int) *imageView {
	if a.Image == nil || webURL(a.Image.URL) == "" {
		return nil
	}
	v := &imageView{URL: webURL(a.Image.URL), Width: width}
	if !echoes(a.Image.Alt, a.Title) {
		v.Alt = brief(a.Image.Alt)
	}
	if w, h := a.Image.Width, a.Image.Height; w > 0 && h > 0 {
		v.Width = max(1, min(width, w, height*w/h))
		v.Height = min(height, max(1, (v.Width*h+w/2)/w))
	}
	return v
}

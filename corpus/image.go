package corpus

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // measured, like the formats below
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	_ "golang.org/x/image/webp"
)

// image reads the featured image of one article. Type, size and bytes are
// measured from the file; front matters are wrong about all three.
func (r *reader) image(front value, title, page string) *Image {
	if r.is(front, FieldImageValid, false) {
		return nil
	}
	v, ok := r.firstText(front, FieldImage)
	if !ok {
		return nil
	}
	img := &Image{Alt: title}
	if alt, ok := r.text(front, FieldImageAlt); ok {
		img.Alt = oneLine(alt.text)
	}
	ref, err := url.Parse(strings.TrimSpace(v.text))
	if err == nil && r.bundled(img, ref, page) {
		r.because(FieldImage, "type and size measured from the file beside the article")
		return img
	}
	if err == nil {
		img.URL = absolute(r.imagesURL, ref.String())
	}
	if img.URL == "" {
		r.warn("bad-image", v.line, FieldImage, fmt.Sprintf("%q is not a file name or an http URL; no image", v.text))
		return nil
	}
	name, local := r.imageFile(img.URL)
	if !local {
		r.because(FieldImage, "not in the images folder: not measured")
		r.warn("remote-image", v.line, FieldImage, fmt.Sprintf("%s is not in the images folder; its type and size are not known", img.URL))
		return img
	}
	if err := r.measure(img, name); err != nil {
		r.warn("missing-image", v.line, FieldImage, fmt.Sprintf("%s: %v; its type and size are not known", name, err))
		return img
	}
	r.because(FieldImage, "type and size measured from the file")
	return img
}

// bundled measures an image that is in the article's own page bundle, which is
// served beside the article. What WordPress exports become names a cover.png that
// is the bundle's images/cover.png.
func (r *reader) bundled(img *Image, ref *url.URL, page string) bool {
	if !isBundle(r.path) || ref.Path == "" || ref.Host != "" || ref.Scheme != "" || strings.HasPrefix(ref.Path, "/") {
		return false
	}
	return r.beside(img, ref, page) || !strings.Contains(ref.Path, "/") && r.beside(img, &url.URL{Path: "images/" + ref.Path}, page)
}

func (r *reader) beside(img *Image, ref *url.URL, page string) bool {
	name := path.Join(path.Dir(r.path), ref.Path)
	if !fs.ValidPath(name) {
		return false
	}
	r.look(true, name)
	measured, err := MeasureImage(r.content, name)
	base, baseErr := url.Parse(strings.TrimRight(page, "/") + "/")
	if err != nil || baseErr != nil {
		return false
	}
	measured.URL, measured.Alt, measured.File = absolute(base, ref.String()), img.Alt, ""
	*img = measured
	return true
}

// look notes an image's file before it is read: one that changes meanwhile has
// another stamp then.
func (r *reader) look(bundled bool, name string) {
	r.looked = append(r.looked, lookedFor{bundled, name, r.imageStamp(bundled, name)})
}

// imageFile gives the file, relative to the images folder, that is served at
// an absolute URL.
func (r *reader) imageFile(ref string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(ref, r.imagesURL.String())
	if !ok {
		return "", false
	}
	rest, _, _ = strings.Cut(rest, "?")
	name, err := url.PathUnescape(rest)
	return path.Clean(name), err == nil && fs.ValidPath(path.Clean(name))
}

// measure fills in what the file says of itself.
func (r *reader) measure(img *Image, name string) error {
	if r.images == nil {
		return fmt.Errorf("there is no images folder")
	}
	r.look(false, name)
	measured, err := MeasureImage(r.images, name)
	if err != nil {
		return err
	}
	measured.URL, measured.Alt = img.URL, img.Alt
	*img = measured
	return nil
}

// MeasureImage gives an image's type, size and length as its file has them. Alt
// and URL are not set.
func MeasureImage(images fs.FS, name string) (Image, error) {
	info, err := fs.Stat(images, name) // before it is opened: opening a pipe waits
	if err != nil {
		return Image{}, fmt.Errorf("no such file in the images folder")
	}
	if !info.Mode().IsRegular() {
		return Image{}, fmt.Errorf("not a file")
	}
	f, err := images.Open(name)
	if err != nil {
		return Image{}, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return Image{}, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return Image{}, fmt.Errorf("not a JPEG, PNG, GIF or WebP image")
	}
	return Image{File: name, Type: "image/" + format, Bytes: info.Size(), Width: config.Width, Height: config.Height}, nil
}

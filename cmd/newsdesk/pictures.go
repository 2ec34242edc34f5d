package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/medigy/newsdesk/corpus"
	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/atomicfile"
	"github.com/medigy/newsdesk/internal/picture"
)

// The values of digest.images.
const (
	imagesPublished = "published"
	imagesEmbedded  = "embedded"
	imagesOriginal  = "original"
)

// picturesDir is where pictures are published, below the output folder. They are
// never deleted: mails that were sent show them.
const picturesDir = "digest/images/"

// boxes are the rooms for pictures: 600 and 280 pixels of the page at twice as
// many, in the shape that look and templates give them.
var boxes = map[digest.Place]picture.Box{
	digest.OverLead:    {Width: 1200, Height: 600, Bytes: 200 << 10},
	digest.BesideStory: {Width: 560, Height: 373, Bytes: 60 << 10},
}

// maxImageFile bounds the files that pictures are made of, in bytes.
const maxImageFile = 64 << 20

// pictures makes the pictures of a press's editions, each once. Those that it
// made before it finds in the index. A nil *pictures makes none.
type pictures struct {
	base, domain    string // of their URLs, and of their Content-IDs, "" if they are not embedded
	imagesURL       string
	images, content fs.FS
	store           *atomicfile.Dir // the index's, or nil
	room            *semaphore.Weighted

	mu    sync.Mutex
	known map[pictureKey]*digest.Picture // nil if there is none
}

type pictureKey struct {
	image string // URL
	place digest.Place
}

// newPictures gives what makes pictures for the mail. What it can't open it does
// without: reading the articles has told of it.
func (a *app) newPictures(s *series, domain string) *pictures {
	c := s.config
	if s.Images == imagesOriginal {
		return nil
	}
	p := &pictures{
		base: publicURL(c) + picturesDir, imagesURL: imagesURL(c),
		// At a time as many images as one of the largest has pixels.
		room:  semaphore.NewWeighted(picture.MaxPixels),
		known: map[pictureKey]*digest.Picture{},
	}
	if s.Images == imagesEmbedded {
		p.domain = domain
	}
	if dir, err := a.folders.folder(c.Content.Images.Dir); err == nil {
		p.images = dir
	}
	if dir, err := a.folders.folder(c.Content.Dir); err == nil {
		p.content = dir
	}
	if a.openIndex(c) != nil {
		p.store = a.folders.store
	}
	return p
}

// find gives the picture of an image, for digest.Templates.
func (p *pictures) find(img *corpus.Image, at digest.Place) (digest.Picture, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if made := p.known[pictureKey{img.URL, at}]; made != nil {
		return *made, true
	}
	return digest.Picture{}, false
}

// of gives the pictures of an edition, each once, in reading order.
func (p *pictures) of(e *digest.Edition) []digest.Picture {
	var all []digest.Picture
	if p == nil {
		return nil
	}
	for _, s := range e.Stories() {
		if s.Image == nil {
			continue
		}
		made, ok := p.find(s.Image, placeOf(e, s))
		if ok && !slices.ContainsFunc(all, func(other digest.Picture) bool { return other.URL == made.URL }) {
			all = append(all, made)
		}
	}
	return all
}

func placeOf(e *digest.Edition, s *digest.Story) digest.Place {
	if s == e.Lead {
		return digest.OverLead
	}
	return digest.BesideStory
}

// prepare makes the pictures of an edition, on all processors. Images that none
// can be made of stay as they are, and are told of; the error is the context's.
func (p *pictures) prepare(ctx context.Context, e *digest.Edition, tell func(problem string)) error {
	if p == nil {
		return nil
	}
	stories := e.Stories()
	problems := make([]string, len(stories))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range stories {
		if s.Image == nil {
			continue
		}
		group.Go(func() error {
			if err := p.add(ctx, s, placeOf(e, s)); err != nil {
				problems[i] = fmt.Sprintf("%s: the mail shows it as it is: %v", s.Image.URL, err)
			}
			return ctx.Err()
		})
	}
	err := group.Wait()
	for _, problem := range slices.Compact(problems) {
		if problem != "" && err == nil {
			tell(problem)
		}
	}
	return err
}

// missing counts the pictures of an edition, and those of them that prepare has not
// come to.
func (p *pictures) missing(e *digest.Edition) (total, left int) {
	if p == nil {
		return 0, 0
	}
	for _, s := range e.Stories() {
		if s.Image == nil {
			continue
		}
		if folder, _ := p.file(s); folder == nil {
			continue
		}
		total++
		p.mu.Lock()
		if _, known := p.known[pictureKey{s.Image.URL, placeOf(e, s)}]; !known {
			left++
		}
		p.mu.Unlock()
	}
	return total, left
}

// add makes the picture of one story. That of a remote image there is not.
func (p *pictures) add(ctx context.Context, s *digest.Story, at digest.Place) error {
	key := pictureKey{s.Image.URL, at}
	p.mu.Lock()
	_, known := p.known[key]
	p.mu.Unlock()
	folder, name := p.file(s)
	if known || folder == nil {
		return nil
	}
	made, err := p.make(ctx, folder, name, boxes[at])
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[key] = nil
	if err != nil {
		return err
	}
	out := &digest.Picture{URL: p.base + made.Name(), Width: made.Width, Height: made.Height, Type: made.Type, Bytes: made.Bytes}
	if p.domain != "" {
		out.ContentID = made.Name() + "@" + p.domain
	}
	p.known[key] = out
	return nil
}

// file gives the local file of a story's image: in the images folder, or in the
// article's own page bundle, which is served beside the article. It is nil if
// the image is elsewhere.
func (p *pictures) file(s *digest.Story) (folder fs.FS, name string) {
	for _, place := range []struct {
		folder   fs.FS
		url, dir string
	}{
		{p.images, p.imagesURL, "."},
		{p.content, strings.TrimRight(s.URL, "/") + "/", path.Dir(s.Path)},
	} {
		rest, ok := strings.CutPrefix(s.Image.URL, place.url)
		if !ok || place.folder == nil || place.url == "" {
			continue
		}
		rest, _, _ = strings.Cut(rest, "?")
		rest, err := url.PathUnescape(rest)
		name := path.Join(place.dir, rest)
		if err != nil || !fs.ValidPath(path.Clean(rest)) || !fs.ValidPath(name) {
			continue
		}
		if info, err := fs.Stat(place.folder, name); err == nil && info.Mode().IsRegular() {
			return place.folder, name
		}
	}
	return nil, ""
}

// make finds a picture in the index or makes it.
func (p *pictures) make(ctx context.Context, folder fs.FS, name string, b picture.Box) (*picture.Picture, error) {
	file, err := readImage(folder, name)
	if err != nil {
		return nil, err
	}
	key := keptName(file, b)
	if kept := p.kept(key); kept != nil {
		return kept, nil
	}
	pixels, err := picture.Pixels(file)
	if err != nil {
		return nil, err
	}
	if err := p.room.Acquire(ctx, int64(pixels)); err != nil {
		return nil, err
	}
	defer p.room.Release(int64(pixels))
	made, err := picture.Make(file, b)
	if err == nil {
		p.keep(key, made)
	}
	return made, err
}

func readImage(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	file, err := io.ReadAll(io.LimitReader(f, maxImageFile+1))
	if err == nil && len(file) > maxImageFile {
		err = fmt.Errorf("more than %d MiB", maxImageFile>>20)
	}
	return file, err
}

// writePictures puts an edition's pictures into the output folder, before
// anything shows them, and gives how many are new there.
func writePictures(dir *atomicfile.Dir, all []digest.Picture) (written int, err error) {
	for _, p := range all {
		changed, err := dir.Write(picturesDir+path.Base(p.URL), p.Bytes)
		if err != nil {
			return written, err
		}
		if changed {
			written++
		}
	}
	return written, nil
}

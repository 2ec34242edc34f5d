package main

import (
	"context"
	"slices"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/delivery"
	"github.com/medigy/newsdesk/internal/store"
)

// publishIssues writes the page that the mail's "view in browser" leads to, before
// anybody gets it, and those of the issues before.
func publishIssues(ctx context.Context, db *store.DB, p *press) error {
	dir, err := outputFolder(ctx, p.config)
	if err != nil {
		return err
	}
	defer dir.Close()
	_, err = (&issueWriter{press: p, dir: dir, db: db}).write(ctx, nil)
	return err
}

// part renders what subscribers get of an edition who chose topics or a language.
// Such a part has pictures of its own: what leads it is shown larger there.
func (a *app) part(ctx context.Context, p *press, e *digest.Edition, dryRun bool) delivery.Part {
	published := p.pictures.of(e)
	return func(s digest.Selection) (*digest.Issue, error) {
		selected := e.Select(s)
		if err := p.pictures.prepare(ctx, selected, func(problem string) { a.note("%s", problem) }); err != nil {
			return nil, err
		}
		own := slices.DeleteFunc(p.pictures.of(selected), func(picture digest.Picture) bool {
			return slices.ContainsFunc(published, func(other digest.Picture) bool { return other.URL == picture.URL })
		})
		if err := a.publishPictures(ctx, p, own, dryRun); err != nil {
			return nil, err
		}
		published = append(published, own...)
		return p.templates.Render(e, s)
	}
}

// publishPictures puts the pictures that a mail or its public page shows where
// digest build puts them, before anybody gets it.
func (a *app) publishPictures(ctx context.Context, p *press, all []digest.Picture, dryRun bool) error {
	if dryRun || len(all) == 0 {
		return nil
	}
	dir, err := outputFolder(ctx, p.config)
	if err != nil {
		return err
	}
	defer dir.Close()
	n, err := writePictures(dir, all)
	if err != nil {
		return notWritten(p.config.Feeds.Dir, err)
	}
	if n > 0 && p.Images == imagesPublished {
		a.note("%s written to %s; the mail links to them at %s", plural(n, "picture"), shown(p.config.Feeds.Dir, picturesDir), publicURL(p.config)+picturesDir)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/medigy/newsdesk/internal/feedcheck"
)

const fetchTimeout = 30 * time.Second

// feedFiles are the names that a folder's feeds can end in.
var feedFiles = map[string]bool{".xml": true, ".rss": true, ".atom": true, ".json": true, ".opml": true}

// checkFeedsOf checks what an argument names: an address, a folder, a file or
// standard input.
func (a *app) checkFeedsOf(ctx context.Context, arg, base string) ([]checkedFeed, error) {
	if isHTTP(arg) {
		f, err := a.fetchAndCheck(ctx, arg)
		return []checkedFeed{f}, err
	}
	if arg == "-" {
		data, err := readFeed(a.stdin)
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		return []checkedFeed{a.checkFeed("-", data, feedcheck.Options{URL: base})}, nil
	}
	info, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file or folder (an address begins with https://; newsdesk feed build writes feeds.dir)", arg)
	case err != nil:
		return nil, err
	case info.IsDir():
		return a.checkFolder(arg, base)
	}
	f, err := a.checkFile(arg, base)
	return []checkedFeed{f}, err
}

func (a *app) checkFeed(name string, data []byte, o feedcheck.Options) checkedFeed {
	o.Now = a.clock()
	return checkedFeed{name, feedcheck.Detect(data), feedcheck.Check(data, o)}
}

// checkFolder checks the feeds of a folder; other files of these names, such as
// a site map, are left alone.
func (a *app) checkFolder(dir, base string) ([]checkedFeed, error) {
	var list []checkedFeed
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !feedFiles[strings.ToLower(filepath.Ext(name))] {
			return err
		}
		address := ""
		if base != "" {
			rel, err := filepath.Rel(dir, name)
			if err != nil {
				return err
			}
			address = strings.TrimRight(base, "/") + "/" + (&url.URL{Path: filepath.ToSlash(rel)}).EscapedPath()
		}
		f, err := a.checkFile(name, address)
		if err == nil && f.format != feedcheck.Unknown {
			list = append(list, f)
		}
		return err
	})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s: there is no feed in it (want .xml, .rss, .atom, .json or .opml files)", dir)
	}
	return list, err
}

func (a *app) checkFile(name, address string) (checkedFeed, error) {
	file, err := os.Open(name)
	if err != nil {
		return checkedFeed{}, err
	}
	defer file.Close()
	data, err := readFeed(file)
	if err != nil {
		return checkedFeed{}, fmt.Errorf("%s: %w", name, err)
	}
	return a.checkFeed(filepath.ToSlash(name), data, feedcheck.Options{URL: address}), nil
}

// readFeed reads as much as Check takes, and one byte more, of which it tells.
func readFeed(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, feedcheck.MaxBytes+1))
}

// fetchAndCheck fetches a feed as a reader does. Redirects are followed, and the
// last address is the feed's.
func (a *app) fetchAndCheck(ctx context.Context, address string) (checkedFeed, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return checkedFeed{}, usage("%q is not an address: %w", address, err)
	}
	request.Header.Set("User-Agent", "newsdesk (feed check)")
	request.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return checkedFeed{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return checkedFeed{}, fmt.Errorf("%s: the server answers %s (want 200)", address, response.Status)
	}
	data, err := readFeed(response.Body)
	if err != nil {
		return checkedFeed{}, fmt.Errorf("%s: %w", address, err)
	}
	h := response.Header
	return a.checkFeed(address, data, feedcheck.Options{
		URL:      response.Request.URL.String(),
		Response: &feedcheck.Response{ContentType: h.Get("Content-Type"), ETag: h.Get("ETag"), LastModified: h.Get("Last-Modified")},
	}), nil
}

package publish

import "context"

// A Target is where files are put. Names are slash-separated and below the
// target. Errors say which file, what is wrong and what to do. Its methods may be
// called by several goroutines.
type Target interface {
	// String names the target for people.
	String() string
	// KeepsHeaders reports whether the target serves files with the headers that they
	// were put with.
	KeepsHeaders() bool
	// Look gives the ETags of those of the named files that are there: a folder's
	// and most servers' are the MD5 of the content in hex.
	Look(ctx context.Context, names []string) (map[string]string, error)
	// Read gives a file; if there is none, an error that is fs.ErrNotExist.
	Read(ctx context.Context, name string) ([]byte, error)
	// Put puts a whole file or none, over one that is there, and gives its ETag.
	Put(ctx context.Context, name string, data []byte, h Header) (etag string, err error)
	// Delete deletes a file. That there is none is no error.
	Delete(ctx context.Context, name string) error
	// Close releases what the target holds.
	Close() error
}

package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// folder is a target of this machine's, or one that is mounted. Links in it that
// lead out of it are not followed. It is made with the first file.
type folder struct {
	name string

	mu   sync.Mutex // guards what follows
	dir  *atomicfile.Dir
	root *os.Root // nil while there is no such folder
}

func openFolder(name string) (*folder, error) {
	f := &folder{name: name}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	_, _, err := f.open(true)
	return f, err
}

// open gives the folder, or nothing if there is none and it is not to be made.
func (f *folder) open(make bool) (*atomicfile.Dir, *os.Root, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root != nil || !make {
		return f.dir, f.root, nil
	}
	dir, err := atomicfile.Open(f.name)
	if err != nil {
		return nil, nil, fmt.Errorf("the folder to publish to: %w", err)
	}
	root, err := os.OpenRoot(f.name)
	if err != nil {
		return nil, nil, errors.Join(f.failed(err), dir.Close())
	}
	f.dir, f.root = dir, root
	return dir, root, nil
}

func (f *folder) String() string { return f.name }

func (f *folder) KeepsHeaders() bool { return false }

func (f *folder) Close() error {
	if f.root == nil {
		return nil
	}
	return errors.Join(f.dir.Close(), f.root.Close())
}

func (f *folder) Look(ctx context.Context, names []string) (map[string]string, error) {
	there := map[string]string{}
	for _, name := range names {
		data, err := f.Read(ctx, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			there[name] = hash(data)
		}
	}
	return there, nil
}

func (f *folder) Read(ctx context.Context, name string) ([]byte, error) {
	_, root, err := f.open(false)
	if err := errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	if root == nil {
		return nil, fs.ErrNotExist
	}
	data, err := root.ReadFile(name)
	return data, f.failed(err)
}

// Put has nowhere to keep the header: the server that serves the folder gives it.
func (f *folder) Put(ctx context.Context, name string, data []byte, _ Header) (string, error) {
	dir, _, err := f.open(true)
	if err := errors.Join(err, ctx.Err()); err != nil {
		return "", err
	}
	if _, err := dir.Write(name, data); err != nil {
		return "", f.failed(err)
	}
	return hash(data), nil
}

// Delete deletes the folders, too, that are left empty.
func (f *folder) Delete(ctx context.Context, name string) error {
	_, root, err := f.open(false)
	if err := errors.Join(err, ctx.Err()); err != nil || root == nil {
		return err
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.failed(err)
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if root.Remove(dir) != nil {
			break
		}
	}
	return nil
}

func (f *folder) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", f, err)
}

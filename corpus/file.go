package corpus

import (
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"
)

// buffers are for files: what is read out of them is copied, so they go from
// file to file.
var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, 64<<10)
	return &b
}}

// withFile calls use with an article file's bytes, which are its own only until
// it returns, and gives the file's stamp as readInto has it.
func withFile(fsys fs.FS, name string, settled time.Time, use func(data []byte) error) (stamp, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	if d, ok := fsys.(*Dir); ok {
		if data, s, ok := d.readInto(name, *buf, settled); ok {
			*buf = data
			return s, use(data)
		}
	}
	data, err := readFile(fsys, name, (*buf)[:0])
	if err != nil {
		return 0, err
	}
	*buf = data
	return 0, use(data)
}

// readFile appends an article file to data. What is not a regular file, such as
// a pipe or a folder behind a link, is refused before it is opened, because
// opening a pipe waits.
func readFile(fsys fs.FS, name string, data []byte) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a regular file")
	}
	if info.Size() > maxArticle {
		return nil, errTooLarge
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readLimited(f, data)
}

var errTooLarge = fmt.Errorf("larger than %d MiB", maxArticle>>20)

// readLimited appends all of r to data, but no more than an article may have.
func readLimited(r io.Reader, data []byte) ([]byte, error) {
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		if len(data) > maxArticle {
			return nil, errTooLarge
		}
	}
}

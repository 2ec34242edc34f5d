package corpus

import (
	"fmt"
	"io"
	"io/fs"
)

// readFile reads an article file. What is not a regular file, such as a pipe
// or a folder behind a link, is refused before it is opened, because opening
// a pipe waits.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a regular file")
	}
	if info.Size() > maxArticle {
		return nil, fmt.Errorf("larger than %d MiB", maxArticle>>20)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, 0, info.Size()+1)
	return readLimited(f, data)
}

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
			return nil, fmt.Errorf("larger than %d MiB", maxArticle>>20)
		}
	}
}

package websub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

// Record is the file that keeps what hubs have accepted. Many programs may use it
// at the same time. What is no feed any more stays in it: if it comes back as it
// was, nobody need be told.
type Record struct {
	Folder string // is made if it is not there
	File   string // name in the folder
}

// accepted are the hashes of the content that hubs last accepted, by hub and URL
// of the topic.
type accepted map[string]map[string]string

// recordFile is the file's content, in JSON.
type recordFile struct {
	About string   `json:"about"`
	Hubs  accepted `json:"hubs"`
}

const about = "What WebSub hubs have been told of: a hash of each feed's content. Without this file they are told of every feed again."

// read gives what is recorded, which is nothing if there is no file, or with an
// error.
func (r Record) read() (accepted, error) {
	name := filepath.Join(r.Folder, r.File)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var f recordFile
	if err == nil {
		if err = json.Unmarshal(data, &f); err != nil {
			err = fmt.Errorf("%s is damaged: %w", name, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w (the hubs are told of every feed)", err)
	}
	return f.Hubs, nil
}

// add adds what a hub has accepted, hashes by URL, to what the file has by now.
func (r Record) add(ctx context.Context, hub string, hashes map[string]string) error {
	dir, err := atomicfile.Open(r.Folder)
	if err != nil {
		return unwritten(err)
	}
	defer dir.Close()
	if err := dir.Lock(ctx); err != nil {
		return unwritten(err)
	}
	hubs, _ := r.read() // that it is damaged has been told
	if hubs == nil {
		hubs = accepted{}
	}
	if hubs[hub] == nil {
		hubs[hub] = map[string]string{}
	}
	maps.Copy(hubs[hub], hashes)
	data, err := json.MarshalIndent(recordFile{about, hubs}, "", "  ")
	if err == nil {
		_, err = dir.Write(r.File, append(data, '\n'))
	}
	if err != nil {
		return unwritten(err)
	}
	return nil
}

func unwritten(err error) error {
	return fmt.Errorf("what the hubs have accepted cannot be recorded: %w (the next run tells them again)", err)
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/medigy/newsdesk/digest"
	"github.com/medigy/newsdesk/internal/editionfile"
)

// editionsDir is the folder of the edition files, in that of the articles.
const editionsDir = "editions"

// editionFile gives the path of a period's edition file, which need not be
// there.
func editionFile(c *Config, d *digestSettings, p digest.Period) string {
	return filepath.Join(c.Content.Dir, editionsDir, d.Name, p.Name+".yaml")
}

// choices gives what the editors of a period's edition decided, as its file says
// it: nothing, if there is no file.
func choices(c *Config, d *digestSettings, p digest.Period) (digest.Choices, error) {
	file := editionFile(c, d, p)
	data, err := editionfile.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		other := strings.TrimSuffix(file, ".yaml") + ".yml"
		if _, err := os.Stat(other); err == nil {
			return digest.Choices{}, fmt.Errorf("%s: edition files end in .yaml (rename it to %s)", other, filepath.Base(file))
		}
		return digest.Choices{}, nil
	}
	if err != nil {
		return digest.Choices{}, err
	}
	return editionfile.Parse(file, data)
}

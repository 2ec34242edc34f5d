// Write writes a corpus of made-up articles into a folder; package corpusgen
// says what is in it.
//
//	go run ./internal/corpusgen/write -n 100000 DIR
//
// The articles are in folders by month. With -images 100, the featured images
// of the first hundred articles are in DIR/images. With -topics 10000 they are
// about so many.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/medigy/newsdesk/internal/corpusgen"
)

func main() {
	n := flag.Int("n", 1000, "number of `articles`")
	images := flag.Int("images", 0, "number of featured `images`, each of another article")
	topics := flag.Int("topics", corpusgen.Topics, "number of `topics`")
	seed := flag.Uint64("seed", 1, "`seed` of the corpus: another seed, other articles")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: write [-n articles] [-images images] [-topics topics] [-seed seed] DIR")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 || *n < 0 || *images < 0 || *images > *n || *topics < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := write(flag.Arg(0), corpusgen.NewTopics(*seed, *topics), *n, *images); err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

func write(dir string, g *corpusgen.Generator, n, images int) error {
	if err := each(n, dir, g.Article); err != nil {
		return err
	}
	return each(images, filepath.Join(dir, "images"), g.Image)
}

// each writes the files 0 to n-1 below dir, on all processors.
func each(n int, dir string, file func(i int) (name string, data []byte)) error {
	var group errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for first := range workers {
		group.Go(func() error {
			for i := first; i < n; i += workers {
				if err := writeFile(dir, file, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// writeFile makes the folder only when it is missed.
func writeFile(dir string, file func(i int) (string, []byte), i int) error {
	name, data := file(i)
	path := filepath.Join(dir, filepath.FromSlash(name))
	err := os.WriteFile(path, data, 0o644)
	if !os.IsNotExist(err) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

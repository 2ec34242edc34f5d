package atomicfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/medigy/newsdesk/internal/atomicfile"
)

func TestFew(t *testing.T) {
	full := func(name string) error {
		return fmt.Errorf("%s: %w", name, &fs.PathError{Op: "write", Path: name, Err: syscall.ENOSPC})
	}
	var all error
	for i := range 100 {
		all = errors.Join(all, full(fmt.Sprintf("topic/%02d", 99-i)))
	}
	all = errors.Join(all, errors.New("rss.xml: no link"))
	want := `rss.xml: no link
topic/00: write topic/00: no space left on device
topic/01: write topic/01: no space left on device
topic/02: write topic/02: no space left on device
and 97 more: no space left on device`
	if got := atomicfile.Few(all); got.Error() != want || !errors.Is(got, syscall.ENOSPC) {
		t.Errorf("got\n%v\nwant\n%s", got, want)
	}
	if atomicfile.Few(nil) != nil {
		t.Error("nothing is an error")
	}
}

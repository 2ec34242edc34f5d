package atomicfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// fewOfEach is how many files Few names of those that failed for one reason.
const fewOfEach = 3

// Few shortens joined errors of files that have the same cause: a full disk is one
// fault, not ten thousand. What it names is in the order of the errors' texts, and the
// others are counted.
func Few(err error) error {
	all := leaves(err)
	slices.SortFunc(all, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	count := map[string]int{}
	var few, more []error
	for _, e := range all {
		c := cause(e)
		if count[c]++; count[c] <= fewOfEach {
			few = append(few, e)
		} else if count[c] == fewOfEach+1 {
			more = append(more, &others{c, count})
		}
	}
	return errors.Join(append(few, more...)...)
}

// others are the errors of one cause that are not named.
type others struct {
	cause string
	count map[string]int
}

// Error counts them.
func (o *others) Error() string {
	return fmt.Sprintf("and %d more: %s", o.count[o.cause]-fewOfEach, o.cause)
}

func leaves(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}

// cause is an error without the name of its file.
func cause(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

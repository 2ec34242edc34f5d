//go:build !unix

package atomicfile

import "context"

// Lock is for Unix alone.
func (d *Dir) Lock(context.Context) error { return nil }

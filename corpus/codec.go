package corpus

import (
	"encoding/binary"
	"time"
)

// encoder appends to data.
type encoder struct{ data []byte }

func (e *encoder) number(n uint64) { e.data = binary.AppendUvarint(e.data, n) }
func (e *encoder) fixed(n uint64)  { e.data = binary.LittleEndian.AppendUint64(e.data, n) }

func (e *encoder) truth(b bool) {
	if b {
		e.number(1)
	} else {
		e.number(0)
	}
}

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.data = append(e.data, s...)
}

func (e *encoder) texts(list []string) {
	e.number(uint64(len(list)))
	for _, s := range list {
		e.text(s)
	}
}

// time writes an instant; its zone is not kept.
func (e *encoder) time(t time.Time) {
	e.data = binary.AppendVarint(e.data, t.Unix())
	e.number(uint64(t.Nanosecond()))
}

// finding leaves out the path, which is the file's.
func (e *encoder) finding(f Finding) {
	e.number(uint64(f.Severity))
	e.text(f.Kind)
	e.number(uint64(f.Line))
	e.text(f.Field)
	e.text(f.Text)
}

// decoder takes from data. After something that cannot be, it is bad and gives
// zeros.
type decoder struct {
	data string
	bad  bool
}

func (d *decoder) number() uint64 {
	var n uint64
	for i := 0; i < len(d.data) && i < binary.MaxVarintLen64; i++ {
		b := d.data[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			d.data = d.data[i+1:]
			return n
		}
	}
	d.bad, d.data = true, ""
	return 0
}

// count gives a number of things, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.number()
	if n > uint64(len(d.data)) {
		d.bad, d.data = true, ""
		return 0
	}
	return int(n)
}

func (d *decoder) take(n int) string {
	if n > len(d.data) {
		d.bad, d.data = true, ""
		return ""
	}
	s := d.data[:n]
	d.data = d.data[n:]
	return s
}

func (d *decoder) fixed() uint64 {
	s := d.take(8)
	if d.bad {
		return 0
	}
	return binary.LittleEndian.Uint64([]byte(s))
}

func (d *decoder) text() string { return d.take(d.count()) }

func (d *decoder) texts() []string {
	var list []string
	for range d.count() {
		list = append(list, d.text())
	}
	return list
}

func (d *decoder) time() time.Time {
	n := d.number() // zigzag, as binary.AppendVarint has it
	seconds := int64(n>>1) ^ -int64(n&1)
	return time.Unix(seconds, int64(d.number()))
}

func (d *decoder) finding(path string) Finding {
	f := Finding{Severity: Severity(d.number()), Kind: d.text(), Path: path}
	f.Line = int(d.number())
	f.Field, f.Text = d.text(), d.text()
	return f
}

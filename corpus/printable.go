package corpus

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// printable reports whether data is UTF-8 without tabs, other control
// characters but "\n", byte order marks and the line breaks that only Unicode
// has: text that is the same to every reader of YAML.
func printable(data []byte) bool {
	for len(data) > 0 {
		for ; len(data) >= 32; data = data[32:] {
			d := (*[32]byte)(data)
			if unusual(d[:8])|unusual(d[8:16])|unusual(d[16:24])|unusual(d[24:]) != 0 {
				break
			}
		}
		if len(data) >= 8 {
			marks := unusual(data)
			data = data[bits.TrailingZeros64(marks)/8:]
			if marks == 0 {
				continue
			}
		}
		for len(data) > 0 {
			c, size := utf8.DecodeRune(data)
			if c == utf8.RuneError && size == 1 || !printableRune(c) {
				return false
			}
			data = data[size:]
			if c < utf8.RuneSelf {
				break
			}
		}
	}
	return true
}

// unusual marks the first of eight bytes that is not printable ASCII or a line
// break in its high bit. What it marks after that means nothing.
func unusual(data []byte) uint64 {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	eight := binary.LittleEndian.Uint64(data)
	swapped := eight ^ '\n'*ones           // "\n" is 0 and what was above ' ' stays there
	printable := swapped + (0x80-' ')*ones // high for those above
	other := swapped + 0x7f*ones           // high for all but 0
	return (eight | (eight + ones) | other&^printable) & high
}

func printableRune(c rune) bool {
	switch {
	case c < ' ':
		return c == '\n'
	case 0x7f <= c && c < 0xa0:
		return false
	}
	switch c {
	case 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
		return false
	}
	return true
}

package corpus

import "encoding/binary"

// textMemo makes strings of texts and remembers the last ones: in the files of one
// site keys, names and topics recur, and so need not be made each time.
type textMemo [512]string

func (m *textMemo) get(text []byte) string {
	const most = 64 // longer ones are hardly ever the same
	if len(text) > most {
		return string(text)
	}
	known := &m[hashFold(text)>>32%uint64(len(m))]
	if *known != string(text) {
		*known = string(text)
	}
	return *known
}

// hashFold hashes text. Texts that differ but in the case of ASCII letters have
// one hash.
func hashFold(text []byte) uint64 {
	const blanks, prime = 0x2020202020202020, 0x9e3779b97f4a7c15 // b|' ' is lower case
	hash := uint64(len(text))
	for ; len(text) >= 8; text = text[8:] {
		hash = (hash ^ (binary.LittleEndian.Uint64(text) | blanks)) * prime
		hash ^= hash >> 32
	}
	var rest uint64
	for _, b := range text {
		rest = rest<<8 | uint64(b|' ')
	}
	return (hash ^ rest) * prime
}

// slab is memory to cut small slices from, and after a reset to cut others from:
// few large pieces cost less than many small ones, and none costs least.
type slab[T any] struct {
	block []T
	used  int // so much of block is cut
}

// copy gives a copy of some in a slice of just that size, which holds until reset.
func (s *slab[T]) copy(some []T) []T {
	n := len(some)
	if n == 0 {
		return nil
	}
	if n > len(s.block)-s.used {
		s.block, s.used = make([]T, max(n, 2*len(s.block), 64)), 0
	}
	piece := s.block[s.used : s.used+n : s.used+n]
	s.used += n
	copy(piece, some)
	return piece
}

// reset takes back all that was cut. It keeps no more memory than articles that
// people write need.
func (s *slab[T]) reset() {
	const most = 4 << 10
	if len(s.block) > most {
		*s = slab[T]{}
		return
	}
	clear(s.block[:s.used])
	s.used = 0
}

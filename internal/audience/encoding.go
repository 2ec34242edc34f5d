package audience

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decoded gives a list in UTF-8. A list in UTF-16 is known by its byte order
// mark; of every other encoding but UTF-8 the name must be given, as the web
// knows it: windows-1252, iso-8859-2, shift_jis.
func decoded(list io.Reader, name string) (io.Reader, error) {
	if name != "" {
		e, err := htmlindex.Get(name)
		if err != nil {
			return nil, fmt.Errorf("there is no encoding %q (want windows-1252)", name)
		}
		return e.NewDecoder().Reader(list), nil
	}
	b := bufio.NewReaderSize(list, 64<<10)
	start, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	var utf16 encoding.Encoding
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		utf16 = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case len(start) == 4 && start[1] == 0 && start[3] == 0:
		utf16 = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case len(start) == 4 && start[0] == 0 && start[2] == 0:
		utf16 = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		return b, nil
	}
	return utf16.NewDecoder().Reader(b), nil
}

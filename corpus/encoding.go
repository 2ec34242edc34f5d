package corpus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// decode gives the text of a file as UTF-8 with "\n" as its only line end and
// without byte order mark. UTF-16 is known by its mark or by the NULs between
// ASCII characters. Other text that is not UTF-8 is in the character set
// fallback, or refused if that is "". A file that needs none of this, as nearly
// all do, is returned as it is, not copied. Errors are *lineError.
func decode(data []byte, fallback string) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if order, text := utf16Order(data); order != nil {
		var err error
		if data, err = decodeUTF16(text, order); err != nil {
			return nil, err
		}
	}
	data = unixLines(data)
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, &lineError{lineAt(data, i), "there is a NUL byte: the file is broken, or it is not text (delete the NULs or the file)"}
	}
	if utf8.Valid(data) {
		return data, nil
	}
	if fallback == "" {
		return nil, notUTF8(data)
	}
	return decodeCharset(data, fallback)
}

// decoded reports whether decode would give data as it is, if it is not the
// beginning of a file.
func decoded(data []byte) bool {
	return bytes.IndexByte(data, '\r') < 0 && bytes.IndexByte(data, 0) < 0 && utf8.Valid(data)
}

// lineAt gives the line of the byte at offset, counted from 1.
func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:offset], []byte("\n"))
}

// unixLines replaces CR LF, and CR alone, by LF.
func unixLines(data []byte) []byte {
	i := bytes.IndexByte(data, '\r')
	if i < 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	for ; i >= 0; i = bytes.IndexByte(data, '\r') {
		out = append(append(out, data[:i]...), '\n')
		data = bytes.TrimPrefix(data[i+1:], []byte("\n"))
	}
	return append(out, data...)
}

// utf16Order tells the byte order of UTF-16 and gives the text without its
// mark; nil if data is not UTF-16. Without a mark the first three characters
// must be ASCII, as those of a front matter are.
func utf16Order(data []byte) (binary.ByteOrder, []byte) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return binary.LittleEndian, data[2:]
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return binary.BigEndian, data[2:]
	case len(data) < 6:
		return nil, data
	}
	var pattern [6]bool
	for i, b := range data[:6] {
		pattern[i] = b == 0
	}
	switch pattern {
	case [6]bool{false, true, false, true, false, true}:
		return binary.LittleEndian, data
	case [6]bool{true, false, true, false, true, false}:
		return binary.BigEndian, data
	}
	return nil, data
}

// decodeUTF16 refuses what utf16.Decode would replace by U+FFFD.
func decodeUTF16(data []byte, order binary.ByteOrder) ([]byte, error) {
	out := make([]byte, 0, len(data))
	broken := func() error {
		text := unixLines(out)
		return &lineError{lineAt(text, len(text)), "broken UTF-16 (save the file as UTF-8)"}
	}
	for ; len(data) >= 2; data = data[2:] {
		r := rune(order.Uint16(data))
		if utf16.IsSurrogate(r) {
			if len(data) < 4 {
				return nil, broken()
			}
			if r = utf16.DecodeRune(r, rune(order.Uint16(data[2:]))); r == utf8.RuneError {
				return nil, broken()
			}
			data = data[2:]
		}
		out = utf8.AppendRune(out, r)
	}
	if len(data) > 0 {
		return nil, broken()
	}
	return out, nil
}

// notUTF8 names the first byte that is not UTF-8, and what the file likely is.
func notUTF8(data []byte) error {
	first := -1            // offset of the first byte that is not UTF-8
	valid, invalid := 0, 0 // characters beyond ASCII; bytes that are not UTF-8
	alone := 0             // of those, how many stand between ASCII characters
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if first < 0 {
				first = i
			}
			invalid++
			if (i == 0 || data[i-1] < utf8.RuneSelf) && (i+1 == len(data) || data[i+1] < utf8.RuneSelf) {
				alone++
			}
		case size > 1:
			valid++
		}
		i += size
	}
	text := "not UTF-8 text (save it as UTF-8, or set content.encoding to what it is)"
	switch {
	case valid >= invalid:
		text = fmt.Sprintf("the byte 0x%02X is not UTF-8, though the rest is (type that character anew)", data[first])
	case 2*alone > invalid:
		text = "not UTF-8 text but likely Windows-1252 (save it as UTF-8, or set content.encoding: windows-1252)"
	}
	return &lineError{lineAt(data, first), text}
}

// charsets are the one-byte character sets that hold ASCII. What calls itself
// ISO-8859-1 is read as Windows-1252, as the WHATWG Encoding Standard (section
// 4.2) does; the two differ only in control characters.
var charsets = map[string]*charmap.Charmap{
	"windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251,
	"windows-1252": charmap.Windows1252,
	"windows-1253": charmap.Windows1253,
	"windows-1254": charmap.Windows1254,
	"windows-1255": charmap.Windows1255,
	"windows-1256": charmap.Windows1256,
	"windows-1257": charmap.Windows1257,
	"windows-1258": charmap.Windows1258,
	"iso-8859-1":   charmap.Windows1252,
	"iso-8859-2":   charmap.ISO8859_2,
	"iso-8859-5":   charmap.ISO8859_5,
	"iso-8859-7":   charmap.ISO8859_7,
	"iso-8859-15":  charmap.ISO8859_15,
	"koi8-r":       charmap.KOI8R,
	"koi8-u":       charmap.KOI8U,
	"macintosh":    charmap.Macintosh,
}

// CheckEncoding says what is wrong with the name of Options.Encoding, or nil.
func CheckEncoding(name string) error {
	if name == "" {
		return nil
	}
	_, err := charset(name)
	return err
}

// charset finds a character set by its name, without regard to case.
func charset(name string) (*charmap.Charmap, error) {
	if set := charsets[strings.ToLower(name)]; set != nil {
		return set, nil
	}
	known := slices.Sorted(maps.Keys(charsets))
	return nil, fmt.Errorf("%q is not a known character set (want %s)", name, strings.Join(known, ", "))
}

func decodeCharset(data []byte, name string) ([]byte, error) {
	set, err := charset(name)
	if err != nil {
		return nil, &lineError{0, err.Error()}
	}
	out := make([]byte, 0, len(data)+len(data)/8)
	for i, b := range data {
		r := set.DecodeByte(b)
		if r == utf8.RuneError {
			return nil, &lineError{lineAt(data, i), fmt.Sprintf("neither UTF-8 nor %s, which has no character 0x%02X (save the file as UTF-8)", name, b)}
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

package feedcheck

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

var (
	xmlDeclaration  = regexp.MustCompile(`^<\?xml\s[^>]*?\?>`)
	encodingLabel   = regexp.MustCompile(`\sencoding\s*=\s*["']([^"']*)["']`)
	versionLabel    = regexp.MustCompile(`\sversion\s*=\s*["']([^"']*)["']`)
	errNoSuchCodec  = errors.New("no such encoding")
	commonEncodings = map[string]bool{
		"utf-8": true, "utf-16": true, "us-ascii": true, "ascii": true, "iso-8859-1": true, "windows-1252": true,
		"iso-8859-2": true, "iso-8859-9": true, "iso-8859-15": true, "windows-1250": true, "windows-1251": true, "windows-1254": true,
		"euc-jp": true, "euc-kr": true, "shift_jis": true, "iso-2022-jp": true, "gb2312": true, "gbk": true, "gb18030": true, "big5": true, "koi8-r": true,
	}
)

// decode gives XML as UTF-8, without its byte order mark, and the encoding's name
// as declared, in lower case. A mark goes before a declaration (XML 1.0, appendix F).
func decode(data []byte) (text []byte, declared string, err error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xFE\xFF")), bytes.HasPrefix(data, []byte("\xFF\xFE")):
		from = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(data, []byte("\x00<\x00?")):
		from = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(data, []byte("<\x00?\x00")):
		from = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	}
	if from != nil {
		text, err = from.NewDecoder().Bytes(data)
		return text, declaredEncoding(text), err
	}
	text, marked := bytes.CutPrefix(data, []byte("\ufeff"))
	declared = declaredEncoding(text)
	if marked || declared == "" || declared == "utf-8" || declared == "utf8" {
		return text, declared, nil
	}
	from, err = ianaindex.IANA.Encoding(declared)
	if err != nil || from == nil || strings.HasPrefix(declared, "utf-16") {
		return text, declared, fmt.Errorf("%w: %q", errNoSuchCodec, declared)
	}
	text, err = from.NewDecoder().Bytes(text)
	return text, declared, err
}

func declaredEncoding(text []byte) string {
	if m := encodingLabel.FindSubmatch(xmlDeclaration.Find(bytes.TrimLeft(text, " \t\r\n"))); m != nil {
		return strings.ToLower(string(m[1]))
	}
	return ""
}

// decoded decodes the feed and tells what is wrong with its encoding; ok is false
// if nothing can be read.
func (c *checker) decoded(data []byte) (text []byte, ok bool) {
	text, declared, err := decode(data)
	c.declared = declared
	top := spot{line: 1, column: 1}
	switch {
	case errors.Is(err, errNoSuchCodec):
		c.report(top, "UnknownEncoding", "the encoding %s is not known, or is not that of the file (want utf-8)", short(declared))
		return nil, false
	case err != nil:
		c.report(top, "UnicodeError", "the text is not in the encoding %s that it declares", short(declared))
		return nil, false
	case declared != "" && !commonEncodings[declared] && declared != "utf8":
		c.report(top, "ObscureEncoding", "few readers know the encoding %s (want utf-8)", short(declared))
	}
	if at := invalidUTF8(text); at >= 0 {
		line, column := position(text, at)
		c.report(spot{line: line, column: column}, "UnicodeError", "the byte %#02x is not UTF-8 (declare the encoding, or write UTF-8)", text[at])
		return nil, false
	}
	if m := versionLabel.FindSubmatch(xmlDeclaration.Find(text)); m != nil && string(m[1]) != "1.0" {
		c.report(top, "BadXmlVersion", "XML version %s (want 1.0)", short(string(m[1])))
		return nil, false
	}
	return text, true
}

// invalidUTF8 gives the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// position gives the line and column of an offset.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

package corpus

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestDecode(t *testing.T) {
	const text = "---\ntitle: Café 🩺\n---\n"
	for _, test := range []struct{ name, in, fallback, want string }{
		{"UTF-8", text, "", text},
		{"UTF-8 with mark", "\ufeff" + text, "", text},
		{"UTF-16LE with mark", "\xff\xfe" + encodeUTF16(text, binary.LittleEndian), "", text},
		{"UTF-16BE with mark", "\xfe\xff" + encodeUTF16(text, binary.BigEndian), "", text},
		{"UTF-16LE", encodeUTF16(text, binary.LittleEndian), "", text},
		{"UTF-16BE", encodeUTF16(text, binary.BigEndian), "", text},
		{"UTF-16 with CR LF", encodeUTF16("---\r\n---\r\n", binary.LittleEndian), "", "---\n---\n"},
		{"UTF-16, odd", "\xff\xfe" + encodeUTF16("a\r\nb", binary.LittleEndian) + "x", "", "2: broken UTF-16 (save the file as UTF-8)"},
		{"UTF-16, half a pair", "\xfe\xff\xd8\x3e", "", "1: broken UTF-16 (save the file as UTF-8)"},
		{"UTF-16, wrong pair", "\xfe\xff\xd8\x3e\x00a", "", "1: broken UTF-16 (save the file as UTF-8)"},
		{"line ends", "a\r\nb\rc\n\r\nd\r\r\ne\r", "", "a\nb\nc\n\nd\n\ne\n"},
		{"NUL", "a\r\nb\x00c", "", "2: there is a NUL byte: the file is broken, or it is not text (delete the NULs or the file)"},
		{"NUL with fallback", "a\x00\xe9", "windows-1252", "1: there is a NUL byte: the file is broken, or it is not text (delete the NULs or the file)"},
		{"Windows-1252", "---\r\ntitle: Caf\xe9 \x96 na\xefve", "", "2: not UTF-8 text but likely Windows-1252 (save it as UTF-8, or set content.encoding: windows-1252)"},
		{"Windows-1252 decoded", "Caf\xe9\r\n\x93na\xefve\x94 \x80", "windows-1252", "Café\n“naïve” €"},
		{"Latin-1 is Windows-1252", "\x93a\x94", "ISO-8859-1", "“a”"},
		{"Windows-1251", "---\n\xcf\xf0\xe8\xe2\xe5\xf2", "", "2: not UTF-8 text (save it as UTF-8, or set content.encoding to what it is)"},
		{"Windows-1251 decoded", "\xcf\xf0\xe8\xe2\xe5\xf2", "Windows-1251", "Привет"},
		{"one wrong byte", "Café naïve\nit\x92s", "", "2: the byte 0x92 is not UTF-8, though the rest is (type that character anew)"},
		{"UTF-8 needs no fallback", "Café", "windows-1252", "Café"},
		{"no such character", "a\n\xd2", "windows-1253", "2: neither UTF-8 nor windows-1253, which has no character 0xD2 (save the file as UTF-8)"},
		{"surrogate", "a\xed\xa0\x80", "", "1: not UTF-8 text (save it as UTF-8, or set content.encoding to what it is)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode([]byte(test.in), test.fallback)
			if err != nil {
				at := err.(*lineError)
				got = append([]byte{byte('0' + at.line)}, ": "+at.text...)
			}
			if string(got) != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func encodeUTF16(text string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

func TestCharset(t *testing.T) {
	if _, err := charset("utf-9"); err == nil || !strings.HasPrefix(err.Error(), `"utf-9" is not a known character set (want iso-8859-1, `) {
		t.Errorf("got error %v", err)
	}
	if _, err := decode([]byte("\xe9"), "utf-9"); err == nil {
		t.Error("decoded by an unknown character set")
	}
}

// TestDecodeCopies holds that a file in UTF-8 with LF costs no copy.
func TestDecodeCopies(t *testing.T) {
	data := []byte(strings.Repeat("Café\n", 1000))
	if n := testing.AllocsPerRun(10, func() { decode(data, "windows-1252") }); n != 0 {
		t.Errorf("decoding UTF-8 allocates %v times", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	ascii := strings.Repeat("A line of an article that is as long as most.\n", 100)
	for name, text := range map[string]string{
		"ascii":        ascii,
		"utf-8":        strings.ReplaceAll(ascii, "article", "café"),
		"crlf":         strings.ReplaceAll(ascii, "\n", "\r\n"),
		"windows-1252": strings.ReplaceAll(ascii, "article", "caf\xe9"),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				decode([]byte(text), "windows-1252")
			}
		})
	}
}

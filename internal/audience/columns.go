package audience

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Columns are what a column of a list can hold, by the names of ImportOptions.Map.
var Columns = []string{"address", "name", "first", "last", "topics", "language", "digests", "state", "since"}

// columns says where in a row what is; -1 where it is not.
type columns struct {
	address, name, first, last, topics, language, digests int
	pastColumns
	own bool // newsdesk has written the list
}

// Names of columns, as heading writes them, the surest first: in a table that
// has "email" and "address", the latter is where somebody lives.
var (
	addressHeadings = []string{"email", "emailaddress", "mail", "mailaddress", "emailadresse", "mailadresse",
		"correo", "correoelectronico", "courriel", "adresseemail", "adressemail", "indirizzoemail", "posta", "emailadres",
		"adresemail", "epost", "почта", "электроннаяпочта", "邮箱", "电子邮件", "電子郵件", "メール", "メールアドレス", "이메일",
		"address", "adresse"}
	nameHeadings     = []string{"name", "fullname", "displayname", "nom", "nombre", "nome", "naam", "nazwa", "имя", "姓名", "名前", "氏名", "이름"}
	firstHeadings    = []string{"firstname", "givenname", "first", "vorname", "prenom", "nombre", "nome", "voornaam", "imie"}
	lastHeadings     = []string{"lastname", "surname", "familyname", "last", "nachname", "nom", "nomdefamille", "apellido", "apellidos", "cognome", "sobrenome", "achternaam", "nazwisko", "фамилия"}
	topicHeadings    = []string{"topics", "topic", "themen", "temas", "sujets", "interests"}
	languageHeadings = []string{"language", "lang", "locale", "sprache", "idioma", "langue", "lingua", "taal"}
	digestHeadings   = []string{"digests", "digest", "frequency"}
)

// heading is a name of a column without case, accents, spaces and signs:
// "Correo electrónico" is correoelectronico.
func heading(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFD.String(s))
}

// findColumns reads the first row: it is either a header, in any order, or
// already a subscriber, whose address is then the first field with an @. What
// is mapped stands in the column of that heading or number.
func findColumns(first []string, mapped map[string]string) (c columns, header bool, err error) {
	headings := make([]string, len(first))
	for i, field := range first {
		headings[i] = heading(field)
	}
	at := slices.IndexFunc(first, func(s string) bool { return strings.Contains(s, "@") })
	if c = guessColumns(headings); len(mapped) > 0 {
		if at >= 0 {
			c = noColumns
		}
		return c, at < 0, c.apply(mapped, first, headings)
	}
	header = c.address >= 0 && at < 0
	if !header {
		c = noColumns
		c.address = at
		if at >= 0 && len(first) == 2 {
			c.name = 1 - at
		}
	}
	if c.address < 0 && len(first) > 1 {
		return c, false, fmt.Errorf("no column for the address among %s (call it email, or say --map address=COLUMN)", quote(strings.Join(first, ", ")))
	}
	c.address = max(c.address, 0)
	c.own = slices.Equal(first, ExportHeader)
	return c, header, nil
}

var noColumns = columns{address: -1, name: -1, first: -1, last: -1, topics: -1, language: -1, digests: -1}

func guessColumns(headings []string) columns {
	c := columns{
		address: find(headings, addressHeadings), name: find(headings, nameHeadings),
		first: find(headings, firstHeadings), last: find(headings, lastHeadings),
		topics: find(headings, topicHeadings), language: find(headings, languageHeadings), digests: find(headings, digestHeadings),
		pastColumns: guessPast(headings),
	}
	if c.address < 0 { // "Subscriber Email"
		c.address = slices.IndexFunc(headings, func(h string) bool { return strings.HasSuffix(h, "email") })
	}
	switch { // nom and nombre are a whole name, unless the other half is there
	case c.first >= 0 && c.last >= 0 && c.first != c.last && (c.name == c.first || c.name == c.last):
		c.name = -1
	case c.name >= 0 && (c.first == c.name || c.last == c.name):
		c.first, c.last = -1, -1
	}
	return c
}

func find(headings, names []string) int {
	for _, name := range names {
		if i := slices.Index(headings, heading(name)); i >= 0 {
			return i
		}
	}
	return -1
}

// apply puts the columns where the caller says that they are.
func (c *columns) apply(mapped map[string]string, first, headings []string) error {
	fields := map[string]*int{"address": &c.address, "email": &c.address, "name": &c.name, "first": &c.first, "last": &c.last,
		"topics": &c.topics, "language": &c.language, "digests": &c.digests, "state": new(int), "since": new(int)}
	for what, column := range mapped {
		field := fields[what]
		if field == nil {
			return fmt.Errorf("%q is nothing that a column can hold (want %s)", what, strings.Join(Columns, ", "))
		}
		if n, err := strconv.Atoi(column); err == nil && 1 <= n && n <= len(first) {
			*field = n - 1
			continue
		}
		if *field = slices.Index(headings, heading(column)); *field < 0 {
			return fmt.Errorf("there is no column %q for %s among %s", column, what, quote(strings.Join(first, ", ")))
		}
	}
	if mapped["state"] != "" {
		c.state = []int{*fields["state"]}
	}
	if mapped["since"] != "" {
		c.since = []int{*fields["since"]}
	}
	if c.address < 0 {
		return fmt.Errorf("no column for the address among %s (say --map address=COLUMN)", quote(strings.Join(first, ", ")))
	}
	return nil
}

// read gives address and name of a row, the name as it is written; the address
// may bring a name of its own.
func (c columns) read(fields []string) (address, name string, err error) {
	if c.address >= len(fields) {
		return "", "", fmt.Errorf("missing (it is in column %d, the row has %d)", c.address+1, len(fields))
	}
	text, name := fields[c.address], field(fields, c.name)
	if c.own {
		text, name = unguarded(text), unguarded(name)
	}
	address, own, err := ParseAddress(text)
	if err != nil {
		return "", "", err
	}
	if name == "" && (c.first >= 0 || c.last >= 0) {
		name = strings.TrimSpace(field(fields, c.first) + " " + field(fields, c.last))
	}
	if name == "" {
		name = own
	}
	return address, name, nil
}

// choice gives what a row's subscriber wants; what the row does not say is as
// in other.
func (c columns) choice(fields []string, other Choice) (Choice, string, error) {
	if list := field(fields, c.topics); list != "" {
		topics, err := ParseWords(list)
		if err != nil {
			return Choice{}, "topics", err
		}
		other.Topics = topics
	}
	if list := field(fields, c.digests); list != "" {
		digests, err := ParseWords(list)
		if err != nil {
			return Choice{}, "digests", err
		}
		other.Digests = digests
	}
	if tag := field(fields, c.language); tag != "" {
		parsed, err := ParseLanguage(tag)
		if err != nil {
			return Choice{}, "language", err
		}
		other.Language = parsed
	}
	return other, "", nil
}

// ParseWords reads a list of slugs or names of digests, divided by commas,
// semicolons, bars or spaces.
func ParseWords(list string) ([]string, error) {
	all := strings.FieldsFunc(strings.ToLower(list), func(r rune) bool { return strings.ContainsRune(",;| \t\n", r) })
	for _, word := range all {
		if !isSlug(word) {
			return nil, fmt.Errorf("%s is not a slug (want telehealth-rural-care)", quote(word))
		}
	}
	return strings.Fields(words(all)), nil
}

// ParseLanguage reads a BCP 47 tag, and gives it as it is commonly written:
// en-US for en_us. "" is every language.
func ParseLanguage(tag string) (string, error) {
	if tag == "" {
		return "", nil
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return "", fmt.Errorf("%s is not a language (want en-US)", quote(tag))
	}
	return parsed.String(), nil
}

// isSlug takes letters and digits of any script, and hyphens.
func isSlug(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

func field(fields []string, i int) string {
	if i < 0 || i >= len(fields) {
		return ""
	}
	return fields[i]
}

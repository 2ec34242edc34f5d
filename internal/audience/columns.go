package audience

import (
	"fmt"
	"slices"
	"strings"
)

// columns says where in a row what is; -1 where it is not.
type columns struct{ address, name, first, last int }

// Names of columns, as headings holds them, the surest first: in a table that
// has "email" and "address", the latter is where somebody lives.
var (
	addressHeadings = []string{"email", "emailaddress", "mail", "mailaddress", "emailadresse", "mailadresse", "address", "adresse"}
	nameHeadings    = []string{"name", "fullname", "displayname"}
	firstHeadings   = []string{"firstname", "givenname", "first", "vorname"}
	lastHeadings    = []string{"lastname", "surname", "familyname", "last", "nachname"}
)

// findColumns reads the first row: it is either a header, in any order, or
// already a subscriber, whose address is then the first field with an @.
func findColumns(first []string) (c columns, header bool, err error) {
	headings := make([]string, len(first))
	for i, field := range first {
		headings[i] = strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(field))
	}
	at := slices.IndexFunc(first, func(s string) bool { return strings.Contains(s, "@") })
	c.address = find(headings, addressHeadings)
	if c.address < 0 { // "Subscriber Email"
		c.address = slices.IndexFunc(headings, func(h string) bool { return strings.HasSuffix(h, "email") })
	}
	switch {
	case c.address >= 0 && at < 0:
		c.name, c.first, c.last = find(headings, nameHeadings), find(headings, firstHeadings), find(headings, lastHeadings)
		return c, true, nil
	case at < 0 && len(first) > 1:
		return c, false, fmt.Errorf("no column for the address among %s (call it email)", quote(strings.Join(first, ", ")))
	}
	c = columns{address: max(at, 0), name: -1, first: -1, last: -1}
	if len(first) == 2 {
		c.name = 1 - c.address
	}
	return c, false, nil
}

func find(headings, names []string) int {
	for _, name := range names {
		if i := slices.Index(headings, name); i >= 0 {
			return i
		}
	}
	return -1
}

// read gives address and name of a row, the name as it is written; the address
// may bring a name of its own.
func (c columns) read(fields []string) (address, name string, err error) {
	if c.address >= len(fields) {
		return "", "", fmt.Errorf("missing (it is in column %d, the row has %d)", c.address+1, len(fields))
	}
	address, own, err := ParseAddress(fields[c.address])
	if err != nil {
		return "", "", err
	}
	name = field(fields, c.name)
	if name == "" {
		name = field(fields, c.first) + " " + field(fields, c.last)
	}
	if strings.TrimSpace(name) == "" {
		name = own
	}
	return address, name, nil
}

func field(fields []string, i int) string {
	if i < 0 || i >= len(fields) {
		return ""
	}
	return fields[i]
}

package feedcheck

import "strings"

// field says what a member of a JSON Feed holds.
type field struct {
	kind    string // string, number, boolean, object, array; "" is any
	check   func(c *checker, v *value)
	missing string // the code that tells of its absence; "" if it may be absent
}

type fields map[string]field

var feedFields, itemFields, authorFields, hubFields, attachmentFields fields

// jsonTables makes the tables of JSON Feed.
func jsonTables() {
	url := field{kind: "string", check: jsonURL}
	authorFields = fields{"name": {kind: "string", check: jsonPlain}, "url": url, "avatar": url}
	hubFields = fields{"type": {kind: "string", missing: "MissingElement"}, "url": {kind: "string", check: jsonURL, missing: "MissingElement"}}
	attachmentFields = fields{
		"url":       {kind: "string", check: jsonURL, missing: "MissingElement"},
		"mime_type": {kind: "string", missing: "MissingElement", check: func(c *checker, v *value) { c.mediaType(v.spot, v.text, "InvalidMIMEType") }},
		"title":     {kind: "string", check: jsonPlain}, "size_in_bytes": {kind: "number", check: jsonSize}, "duration_in_seconds": {kind: "number", check: jsonSize},
	}
	feedFields = fields{
		"version": {kind: "string", missing: "MissingElement", check: jsonVersion}, "title": {kind: "string", check: jsonTitle, missing: "MissingTitle"},
		"home_page_url": url, "feed_url": {kind: "string", check: jsonSelf, missing: "MissingSelf"}, "description": {kind: "string", check: jsonPlain},
		"user_comment": {kind: "string"}, "next_url": url, "icon": url, "favicon": url, "author": {kind: "object", check: oldAuthor},
		"authors": list(authorFields), "language": {kind: "string", check: jsonLanguage}, "expired": {kind: "boolean"}, "hubs": list(hubFields),
		"items": {kind: "array", missing: "MissingElement", check: jsonItems},
	}
	itemFields = fields{
		"id": {missing: "MissingId", check: jsonID}, "url": url, "external_url": url, "title": {kind: "string", check: jsonPlain},
		"content_html": {kind: "string", check: jsonHTML}, "content_text": {kind: "string"}, "summary": {kind: "string", check: jsonPlain},
		"image": url, "banner_image": url, "date_published": {kind: "string", check: jsonDate}, "date_modified": {kind: "string", check: jsonDate},
		"author": {kind: "object", check: oldAuthor}, "authors": list(authorFields), "tags": {kind: "array", check: jsonTags},
		"language": {kind: "string", check: jsonLanguage}, "attachments": list(attachmentFields),
	}
}

// json checks JSON Feed 1.1 and 1.0 (jsonfeed.org/version/1.1).
func (c *checker) json(data []byte) {
	if v := c.parseJSON(data); v != nil {
		c.members(v, feedFields)
	}
}

// members checks an object.
func (c *checker) members(v *value, known fields) {
	seen := map[string]bool{}
	for _, m := range v.members {
		f, ok := known[m.key]
		seen[m.key] = true
		switch {
		case strings.HasPrefix(m.key, "_"):
		case !ok:
			c.report(m.spot, "UndefinedElement", "JSON Feed has no %s here (want _%s for an extension)", short(m.key), strings.Trim(short(m.key), `"`))
		case f.kind != "" && f.kind != m.kind:
			c.report(m.spot, "InvalidValue", "%s is of the kind %s (want %s)", m.key, m.kind, f.kind)
		default:
			c.characters(m.spot, m.text)
			if f.check != nil {
				f.check(c, m.value)
			}
		}
	}
	for key, f := range known {
		if f.missing != "" && !seen[key] {
			c.report(v.spot, f.missing, "%s is missing", key)
		}
	}
}

// list checks an array of objects.
func list(known fields) field {
	return field{kind: "array", check: func(c *checker, v *value) {
		for _, e := range v.elements {
			if e.kind != "object" {
				c.report(e.spot, "InvalidValue", "this is of the kind %s (want object)", e.kind)
				continue
			}
			c.members(e, known)
			if _, author := known["avatar"]; author && len(e.members) == 0 {
				c.report(e.spot, "MissingElement", "the author has neither name nor url nor avatar (want one at least)")
			}
		}
	}}
}

func jsonItems(c *checker, v *value) {
	ids := map[string]int{}
	for _, item := range v.elements {
		if item.kind != "object" {
			c.report(item.spot, "InvalidValue", "the item is of the kind %s (want object)", item.kind)
			continue
		}
		c.members(item, itemFields)
		if item.member("content_html") == nil && item.member("content_text") == nil {
			c.report(item.spot, "MissingContent", "the item has neither content_html nor content_text")
		}
		if id := item.member("id"); id != nil && ids[id.text] > 0 {
			c.report(id.spot, "DuplicateIds", "%s is the item's in line %d, too", short(id.text), ids[id.text])
		} else if id != nil {
			ids[id.text] = item.line
		}
	}
}

func jsonVersion(c *checker, v *value) {
	switch v.text {
	case "https://jsonfeed.org/version/1.1":
	case "https://jsonfeed.org/version/1":
		c.report(v.spot, "ObsoleteVersion", "JSON Feed 1.0 (want https://jsonfeed.org/version/1.1)")
	default:
		c.report(v.spot, "InvalidJSONFeedVersion", "%s (want https://jsonfeed.org/version/1.1)", short(v.text))
	}
}

func jsonTitle(c *checker, v *value) {
	notBlank(c, v.spot, v.text)
	jsonPlain(c, v)
}

func jsonID(c *checker, v *value) {
	switch {
	case v.kind == "number":
		c.report(v.spot, "InvalidValue", "the id is a number (want a string)")
	case v.kind != "string":
		c.report(v.spot, "InvalidValue", "the id is of the kind %s (want string)", v.kind)
	default:
		notBlank(c, v.spot, v.text)
	}
}

func jsonSelf(c *checker, v *value) {
	if jsonURL(c, v); hasScheme(v.text) {
		c.self(v.spot, v.text)
	}
}

func jsonURL(c *checker, v *value)      { c.address(v.spot, v.text, fullIRI) }
func jsonPlain(c *checker, v *value)    { plainText(c, v.spot, v.text) }
func jsonDate(c *checker, v *value)     { c.rfc3339Date(v.spot, v.text) }
func jsonLanguage(c *checker, v *value) { c.language(v.spot, v.text) }

// jsonHTML checks HTML; its lines are in one line of the file.
func jsonHTML(c *checker, v *value) {
	f := strings.NewReplacer("\r", " ", "\n", " ")
	c.html(v.spot, v.line, f.Replace(v.text), false)
}

func jsonSize(c *checker, v *value) { decimal("InvalidNonNegativeInteger")(c, v.spot, v.text) }

func oldAuthor(c *checker, v *value) {
	c.report(v.spot, "Deprecated", "author is of JSON Feed 1.0 (want authors)")
	c.members(v, authorFields)
}

func jsonTags(c *checker, v *value) {
	for _, e := range v.elements {
		if e.kind != "string" {
			c.report(e.spot, "InvalidValue", "the tag is of the kind %s (want string)", e.kind)
		} else {
			notBlank(c, e.spot, e.text)
		}
	}
}

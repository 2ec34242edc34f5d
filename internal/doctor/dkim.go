package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/internal/mail"
)

// dkim tells whether the DNS has the public part of each key that signs.
func (e *Exam) dkim(ctx context.Context) {
	if len(e.Keys) == 0 {
		e.tell("dkim", Warning, "dkim-none", "newsdesk signs nothing (DKIM), so whether your relay does is not known",
			"let the relay sign for "+e.domain()+", or make a key: see newsdesk digest dkim --help")
	}
	for _, key := range e.Keys {
		name, want := key.Record()
		all, err := e.Resolver.txt(ctx, name)
		if err != nil {
			e.tell("dkim", Error, "dkim-lookup", fmt.Sprintf("%s can't be looked up: %v", name, err), "see to the domain's DNS servers")
			continue
		}
		e.dkimRecord(name, want, all)
		if key.Weak() {
			e.tell("dkim", Warning, "dkim-weak", name+": the RSA key has less than 2048 bits", "make a new one, with another selector")
		}
	}
}

const publish = "newsdesk digest dkim shows the record to publish"

func (e *Exam) dkimRecord(name, want string, all []string) {
	fault := func(kind, format string, args ...any) {
		e.tell("dkim", Error, kind, name+" "+fmt.Sprintf(format, args...), publish)
	}
	switch len(all) {
	case 0:
		fault("dkim-missing", "is not in the DNS: receivers take the signature for broken")
		return
	case 1:
	default:
		fault("dkim-many", "has %d TXT records (RFC 6376, 3.6.2.2 wants one)", len(all))
		return
	}
	ours, _ := parseTags(want)
	tags, ok := parseTags(all[0])
	switch kind := tags.or("k", "rsa"); {
	case !ok || tags.or("v", "DKIM1") != "DKIM1":
		fault("dkim-broken", "is no DKIM record")
	case tags.value["p"] == "":
		fault("dkim-revoked", "has no key: it was revoked")
	case kind != ours.value["k"]:
		fault("dkim-other", "is for %s, the key that signs is %s", kind, ours.value["k"])
	case tags.value["p"] != ours.value["p"]:
		fault("dkim-other", "has another key than the one that signs")
	case tags.value["h"] != "" && !tags.has("h", "sha256"):
		fault("dkim-hash", "does not allow sha256 (h=%s)", tags.value["h"])
	case tags.value["s"] != "" && !tags.has("s", "email") && !tags.has("s", "*"):
		fault("dkim-service", "is not for mail (s=%s)", tags.value["s"])
	case tags.has("t", "y"):
		e.tell("dkim", Warning, "dkim-testing", name+" says that it is a test (t=y): receivers may ignore the signature", "take out t=y")
		fallthrough
	default:
		e.tell("dkim", OK, "dkim", name+" has the key that signs", "")
	}
}

// tagList is what a record says: "v=DKIM1; k=rsa; p=MIIB…" (RFC 6376, 3.2).
type tagList struct {
	first string
	value map[string]string // without white space
}

// parseTags is not ok if a tag has no "=" or is there twice.
func parseTags(text string) (t tagList, ok bool) {
	t.value = map[string]string{}
	for i, part := range strings.Split(text, ";") {
		name, value, found := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if !found && name == "" {
			continue
		}
		if _, twice := t.value[name]; !found || twice {
			return t, false
		}
		if i == 0 {
			t.first = name
		}
		t.value[name] = strings.Join(strings.Fields(value), "")
	}
	return t, true
}

func (t tagList) or(tag, otherwise string) string {
	if value, ok := t.value[tag]; ok {
		return value
	}
	return otherwise
}

// has reports whether a word is in a list such as "sha1:sha256".
func (t tagList) has(tag, word string) bool {
	return slices.Contains(strings.Split(t.value[tag], ":"), word)
}

// aligned reports whether a signature of domain speaks for a sender of from: by the
// same domain or, unless strict, one of the same organisation (RFC 7489, 3.1.1).
func aligned(key *mail.Signer, from string, strict bool) bool {
	return key.Domain() == from || !strict && organisation(key.Domain()) == organisation(from)
}

package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/medigy/newsdesk/internal/mail"
)

// dmarc tells of the DMARC record and whether what authenticates the mail does so
// for the domain that readers see.
func (e *Exam) dmarc(ctx context.Context) {
	domain, tags, ok := e.dmarcRecord(ctx)
	if !ok {
		return
	}
	policy := strings.ToLower(tags.value["p"])
	if sub, given := tags.value["sp"]; given && domain != e.domain() {
		policy = strings.ToLower(sub)
	}
	switch policy {
	case "quarantine", "reject":
		e.tell("dmarc", OK, "dmarc", fmt.Sprintf("the policy of %s is p=%s", domain, policy), "")
	case "none":
		e.tell("dmarc", OK, "dmarc", fmt.Sprintf("the policy of %s is p=none: enough for the rules, no help against forgers", domain), "")
	default:
		e.tell("dmarc", Error, "dmarc-broken", fmt.Sprintf("_dmarc.%s: p=%s is no policy", domain, policy), "want p=none, quarantine or reject")
	}
	if tags.value["rua"] == "" {
		e.tell("dmarc", Note, "dmarc-reports", "nobody gets the reports about mail in your name", "add rua=mailto:ADDRESS to the DMARC record")
	}
	if pct, given := tags.value["pct"]; given && pct != "100" {
		e.tell("dmarc", Note, "dmarc-part", "the policy is for a part of the mail only (pct="+pct+")", "")
	}
	e.alignment(tags.value["adkim"] == "s", tags.value["aspf"] == "s")
}

// dmarcRecord finds the record of the sender's domain or of its organisation
// (RFC 7489, 6.6.3) and tells if there is none that counts.
func (e *Exam) dmarcRecord(ctx context.Context) (domain string, tags tagList, ok bool) {
	for _, domain = range slices.Compact([]string{e.domain(), organisation(e.domain())}) {
		all, err := e.Resolver.txt(ctx, "_dmarc."+domain)
		if err != nil {
			e.tell("dmarc", Error, "dmarc-lookup", fmt.Sprintf("_dmarc.%s can't be looked up: %v", domain, err), "see to the domain's DNS servers")
			return "", tags, false
		}
		all = slices.DeleteFunc(all, func(text string) bool {
			version, _, _ := strings.Cut(text, ";")
			return strings.Join(strings.Fields(version), "") != "v=DMARC1"
		})
		if len(all) > 1 {
			e.tell("dmarc", Error, "dmarc-many", fmt.Sprintf("_dmarc.%s has %d DMARC records: receivers ignore all", domain, len(all)), "leave one")
			return "", tags, false
		}
		if len(all) == 0 {
			continue
		}
		if tags, ok = parseTags(all[0]); !ok {
			e.tell("dmarc", Error, "dmarc-broken", fmt.Sprintf("the record _dmarc.%s can't be read", domain), `want "v=DMARC1; p=none; rua=mailto:ADDRESS"`)
		}
		return domain, tags, ok
	}
	e.tell("dmarc", Error, "dmarc-missing", e.domain()+" has no DMARC record",
		fmt.Sprintf(`add a TXT record _dmarc.%s "v=DMARC1; p=none; rua=mailto:ADDRESS", and a stricter p= when its reports are good`, organisation(e.domain())))
	return "", tags, false
}

// alignment tells whether a signature speaks for the sender. SPF does where the
// envelope sender is of the header's organisation (RFC 7489, 3.1.2), unless the relay
// puts in its own.
func (e *Exam) alignment(strict, spfStrict bool) {
	if bounces := e.bounces(); len(e.Keys) == 0 && bounces != "" && (spfStrict || organisation(bounces) != organisation(e.domain())) {
		e.tell("dmarc", Warning, "dmarc-alignment", fmt.Sprintf("SPF speaks for %s, to which bounces go, and not for %s, the sender's domain", bounces, e.domain()),
			"make a key (newsdesk digest dkim), let the relay sign for "+e.domain()+", or take a bounces.address of it")
		return
	}
	if len(e.Keys) == 0 {
		e.tell("dmarc", Note, "dmarc-spf-only", "DMARC then rests on SPF, which is lost when mail is forwarded, or on a signature of the relay for "+e.domain(), "")
		return
	}
	i := slices.IndexFunc(e.Keys, func(k *mail.Signer) bool { return aligned(k, e.domain(), strict) })
	if i < 0 {
		e.tell("dmarc", Error, "dmarc-alignment", fmt.Sprintf("no signature speaks for %s, the sender's domain", e.domain()), "set domain of a key in smtp.dkim to it")
		return
	}
	e.tell("dmarc", OK, "dmarc-alignment", fmt.Sprintf("the signature of %s speaks for senders of %s", e.Keys[i].Domain(), e.domain()), "")
}

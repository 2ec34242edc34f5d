package mail

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/wneessen/go-mail/smtp"
)

// measuredScram is a login by SCRAM (RFC 5802) in which a server can't have us compute
// for hours: it says how often the password is to be hashed, and nothing ends that.
type measuredScram struct{ smtp.Auth }

// maxIterations is above what servers use: RFC 7677 wants 4,096 or more, and none
// asks its clients for a second of work.
const maxIterations = 1_000_000

// Next refuses a challenge that asks for too much.
func (m measuredScram) Next(challenge []byte, more bool) ([]byte, error) {
	for attribute := range bytes.SplitSeq(challenge, []byte(",")) {
		number, ok := bytes.CutPrefix(attribute, []byte("i="))
		if n, err := strconv.Atoi(string(number)); ok && (err != nil || n > maxIterations) {
			return nil, &refusal{fmt.Sprintf("the server wants the password hashed %s times", OneLine(string(number))), "it is broken, or not the one that you mean: see smtp.host"}
		}
	}
	return m.Auth.Next(challenge, more)
}

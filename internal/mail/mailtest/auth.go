package mailtest

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"strings"
)

// login is the server side of LOGIN, which asks for name and password in turn.
type login struct {
	check func(user, password string) error
	said  []string
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.said[0], l.said[1])
}

// cram is the server side of CRAM-MD5 (RFC 2195).
type cram struct {
	check func(user, digest string) error
}

const cramChallenge = "<1896.697170952@mailtest.example>"

func (c *cram) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil {
		return []byte(cramChallenge), false, nil
	}
	user, digest, _ := strings.Cut(string(response), " ")
	return nil, true, c.check(user, digest)
}

func cramDigest(password string) string {
	h := hmac.New(md5.New, []byte(password))
	h.Write([]byte(cramChallenge))
	return hex.EncodeToString(h.Sum(nil))
}

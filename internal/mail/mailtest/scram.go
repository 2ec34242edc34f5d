package mailtest

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// scram is the server side of SCRAM (RFC 5802, 3) without channel binding.
type scram struct {
	hash     func() hash.Hash
	password string
	check    func(user string, right bool) error

	user, first string // of the client's first message, the latter without its GS2 header
	challenge   string
	answered    bool
}

const scramSalt, scramRounds = "mailtest salt", 4096

func (s *scram) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil:
		return nil, false, nil
	case s.challenge == "":
		_, s.first, _ = strings.Cut(string(response), ",,")
		name, nonce, ok := strings.Cut(s.first, ",r=")
		if !ok {
			return nil, false, errors.New("no nonce")
		}
		s.user = strings.TrimPrefix(name, "n=")
		s.challenge = fmt.Sprintf("r=%s,s=%s,i=%d", nonce+"mailtest", base64.StdEncoding.EncodeToString([]byte(scramSalt)), scramRounds)
		return []byte(s.challenge), false, nil
	case s.answered:
		return nil, true, nil
	}
	s.answered = true
	bare, proof, _ := strings.Cut(string(response), ",p=")
	signature, err := s.verify(bare, proof)
	return []byte("v=" + signature), false, err
}

// verify checks the client's proof that it has the password, and gives ours.
func (s *scram) verify(bare, proof string) (signature string, err error) {
	salted, err := pbkdf2.Key(s.hash, s.password, []byte(scramSalt), scramRounds, s.hash().Size())
	if err != nil {
		return "", err
	}
	message := s.first + "," + s.challenge + "," + bare
	key := s.sum(salted, "Client Key")
	stored := s.hash()
	stored.Write(key)
	want := s.sum(stored.Sum(nil), message)
	for i := range want {
		want[i] ^= key[i]
	}
	right := base64.StdEncoding.EncodeToString(want) == proof
	return base64.StdEncoding.EncodeToString(s.sum(s.sum(salted, "Server Key"), message)), s.check(s.user, right)
}

func (s *scram) sum(key []byte, text string) []byte {
	h := hmac.New(s.hash, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

package bounce

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dovecot is a private IMAP server, with a Maildir at dir, user "bob" and password
// "pass".
type dovecot struct {
	address string
	dir     string
	roots   *x509.CertPool
}

// startDovecot starts Debian's Dovecot on a free port. Without it the test is skipped,
// but for a run that is to leave nothing out (make test): there it fails.
func startDovecot(t *testing.T, mails int) *dovecot {
	t.Helper()
	program := findDovecot(t)
	base, err := os.MkdirTemp("", "dovecot") // short, for the paths of its sockets, and open to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	d := &dovecot{dir: filepath.Join(base, "Maildir")}
	for _, sub := range []string{"new", "cur", "tmp", ".Done/new", ".Done/cur", ".Done/tmp"} {
		if err := os.MkdirAll(filepath.Join(d.dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for i := range mails {
		if err := os.WriteFile(filepath.Join(d.dir, "new", fmt.Sprintf("%03d.host", i)), bounced(i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.address = freeAddress(t)
	config := d.configure(t, base)
	log := new(bytes.Buffer)
	command := exec.Command(program, "-F", "-c", config)
	command.Stderr = log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt)
		command.Wait()
		if t.Failed() {
			t.Logf("dovecot: %s", log)
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", d.address)
		if err == nil {
			conn.Close()
			return d
		}
		if time.Now().After(deadline) {
			t.Fatalf("dovecot does not listen: %v\n%s", err, log)
		}
	}
}

func findDovecot(t *testing.T) string {
	for _, name := range []string{"dovecot", "/usr/sbin/dovecot"} {
		if path, err := exec.LookPath(name); err == nil {
			if _, err := os.Stat("/usr/lib/dovecot/imap"); err == nil {
				return path
			}
		}
	}
	const how = "this test needs Dovecot: apt-get install dovecot-imapd"
	if os.Getenv("NEWSDESK_TEST_ALL") == "1" {
		t.Fatal(how)
	}
	t.Skip(how)
	return ""
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// configure writes the server's configuration: all of its processes are the user who
// runs the test, and all of its files in one folder.
func (d *dovecot) configure(t *testing.T, base string) string {
	d.certificate(t, base)
	who, users := d.users(t)
	_, port, _ := net.SplitHostPort(d.address)
	text := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
%[2]sfirst_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:%[3]s
mail_fsync = never
auth_failure_delay = 0
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = %[4]s
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
passdb {
  driver = static
  args = user=bob password=pass
}
userdb {
  driver = static
  args = uid=%[5]s gid=%[6]s home=%[1]s/home
}
namespace inbox {
  inbox = yes
  separator = /
}
`, base, users, d.dir, port, who.Uid, who.Gid)
	file := filepath.Join(base, "dovecot.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// users says who reads the mail: whoever runs the test; but Dovecot does nothing for
// root, who gives the mail to nobody and leaves the other processes to the package's
// own users.
func (d *dovecot) users(t *testing.T) (reader *user.User, config string) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if me.Uid != "0" {
		group, err := user.LookupGroupId(me.Gid)
		if err != nil {
			t.Fatal(err)
		}
		return me, fmt.Sprintf("default_internal_user = %[1]s\ndefault_internal_group = %[2]s\ndefault_login_user = %[1]s\n", me.Username, group.Name)
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	err = filepath.WalkDir(d.dir, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chown(name, uid, gid))
	})
	if err != nil {
		t.Fatal(err)
	}
	return nobody, ""
}

func (d *dovecot) certificate(t *testing.T, dir string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	d.roots = x509.NewCertPool()
	d.roots.AddCert(c)
}

func (d *dovecot) mailbox() IMAP {
	return IMAP{
		Host: d.address, Username: "bob", Password: "pass", TLS: &tls.Config{RootCAs: d.roots},
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// in counts the mails of a folder whose name has mark.
func (d *dovecot) in(t *testing.T, mark string, folders ...string) int {
	n := 0
	for _, folder := range folders {
		entries, err := os.ReadDir(filepath.Join(d.dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.Contains(e.Name(), mark) {
				n++
			}
		}
	}
	return n
}

package publish

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/minio/minio-go/v7"
)

// A request is tried so often, with a pause before the second try that doubles with
// each: half a minute in all.
const (
	tries = 8
	pause = 250 * time.Millisecond
)

// try does one request about a file, or about the bucket if name is "", until it
// succeeds or fails for good.
func (b *bucket) try(ctx context.Context, name string, request func() error) error {
	wait := pause
	for n := 1; ; n++ {
		err := request()
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !temporary(err) {
			return b.failed(name, err)
		}
		if n == tries {
			return fmt.Errorf("%w; %d tries", b.failed(name, err), tries)
		}
		if err := b.sleep(ctx, wait); err != nil {
			return err
		}
		wait *= 2
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

var temporaryCodes = []string{"InternalError", "OperationAborted", "RequestTimeout", "RequestTimeTooSkewed", "ServiceUnavailable", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequests"}

// temporary reports whether the same request may succeed later: the server says
// so, or nothing came back from it.
func temporary(err error) bool {
	if r := minio.ToErrorResponse(err); r.Code != "" || r.StatusCode != 0 {
		busy := []int{http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
		return slices.Contains(temporaryCodes, r.Code) || slices.Contains(busy, r.StatusCode)
	}
	if unknown, ok := errors.AsType[*net.DNSError](err); ok && unknown.IsNotFound {
		return false
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return !untrusted
}

// failed says what a server's refusal means and what to do.
func (b *bucket) failed(name string, err error) error {
	object := "s3://" + b.at.Bucket + "/" + b.at.Prefix + name
	advice := ""
	switch minio.ToErrorResponse(err).Code {
	case "NoSuchBucket":
		advice = "make the bucket, or mend its name or the endpoint"
	case "AccessDenied", "AllAccessDisabled":
		advice = "the key needs s3:ListBucket on the bucket and s3:GetObject, s3:PutObject and s3:DeleteObject on what is below the prefix"
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "Unauthorized":
		advice = "look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and whether they are for this endpoint"
	case "AuthorizationHeaderMalformed", "PermanentRedirect", "InvalidRegion":
		advice = "name the bucket's region: ?region=…"
	case "RequestTimeTooSkewed":
		advice = "set this machine's clock"
	case "":
		advice = "look at the endpoint and the network"
	default:
		return fmt.Errorf("%s: %w", object, err)
	}
	return fmt.Errorf("%s: %w (%s)", object, err, advice)
}

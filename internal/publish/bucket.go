package publish

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Credentials open a bucket. They are shown nowhere.
type Credentials struct {
	ID, Secret string
	Token      string // of temporary credentials, or ""
	File       string // in the form of ~/.aws/credentials, if there is no ID
	Profile    string // in File; "" is default
}

// ErrNoCredentials is that there are none.
var ErrNoCredentials = errors.New("there are no credentials for the bucket (give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or AWS_SHARED_CREDENTIALS_FILE)")

// bucket is a target on a server that speaks S3: AWS, R2, B2, Google's interop and
// others. Of S3 it asks what all of them have: put, get, delete one object, list.
type bucket struct {
	client *minio.Client
	at     *Location
	sleep  func(context.Context, time.Duration) error
}

func openBucket(l *Location, c Credentials) (*bucket, error) {
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	endpoint, err := url.Parse(cmp.Or(l.Endpoint, "https://s3.amazonaws.com"))
	if err != nil {
		return nil, err
	}
	// The client's own retries do not tell a missing server from a busy one and
	// wait a second at most: see try.
	client, err := minio.New(endpoint.Host, &minio.Options{Creds: keys, Secure: endpoint.Scheme == "https", Region: l.Region, MaxRetries: 1})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.Endpoint, err)
	}
	return &bucket{client, l, sleep}, nil
}

func (c Credentials) keys() (*credentials.Credentials, error) {
	switch {
	case c.ID != "" && c.Secret != "":
		return credentials.NewStaticV4(c.ID, c.Secret, c.Token), nil
	case c.File != "":
		keys := credentials.NewFileAWSCredentials(c.File, cmp.Or(c.Profile, "default"))
		if v, err := keys.GetWithContext(nil); err != nil || v.AccessKeyID == "" {
			return nil, fmt.Errorf("%s has no credentials of the profile %s (want aws_access_key_id and aws_secret_access_key)", c.File, cmp.Or(c.Profile, "default"))
		}
		return keys, nil
	}
	return nil, ErrNoCredentials
}

func (b *bucket) String() string {
	name := "s3://" + b.at.Bucket + "/" + b.at.Prefix
	if b.at.Endpoint == "" {
		return name
	}
	return name + " at " + b.at.Endpoint
}

func (b *bucket) KeepsHeaders() bool { return true }

func (b *bucket) Close() error { return nil }

// Look lists the whole prefix: a thousand objects a request, where asking for
// each would take one each.
func (b *bucket) Look(ctx context.Context, names []string) (map[string]string, error) {
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	var there map[string]string
	err := b.try(ctx, "", func() error {
		there = map[string]string{}
		for o := range b.client.ListObjectsIter(ctx, b.at.Bucket, minio.ListObjectsOptions{Prefix: b.at.Prefix, Recursive: true}) {
			if o.Err != nil {
				return o.Err
			}
			if name := o.Key[len(b.at.Prefix):]; wanted[name] {
				there[name] = o.ETag
			}
		}
		return nil
	})
	return there, err
}

// maxManifest bounds what is read of a bucket, in bytes: the manifest of a hundred
// thousand files has some dozens of MiB.
const maxManifest = 256 << 20

func (b *bucket) Read(ctx context.Context, name string) (data []byte, err error) {
	err = b.try(ctx, name, func() error {
		object, err := b.client.GetObject(ctx, b.at.Bucket, b.at.Prefix+name, minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		defer object.Close()
		data, err = io.ReadAll(io.LimitReader(object, maxManifest+1))
		if err == nil && len(data) > maxManifest {
			return fmt.Errorf("%s: larger than %d MiB", name, maxManifest>>20)
		}
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		return err
	})
	return data, err
}

// Put puts the file in one request with its MD5, which is signed and which the
// server checks. The body is the file as it is also without TLS: not every server
// knows the chunks in which S3 signs a body, and one that does not keeps their
// marks as the file's.
func (b *bucket) Put(ctx context.Context, name string, data []byte, h Header) (etag string, err error) {
	o := minio.PutObjectOptions{ContentType: h.Type, CacheControl: h.Cache, SendContentMd5: true, DisableContentSha256: true, DisableMultipart: true}
	err = b.try(ctx, name, func() error {
		info, err := b.client.PutObject(ctx, b.at.Bucket, b.at.Prefix+name, bytes.NewReader(data), int64(len(data)), o)
		etag = info.ETag
		return err
	})
	return etag, err
}

func (b *bucket) Delete(ctx context.Context, name string) error {
	return b.try(ctx, name, func() error {
		err := b.client.RemoveObject(ctx, b.at.Bucket, b.at.Prefix+name, minio.RemoveObjectOptions{})
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil
		}
		return err
	})
}

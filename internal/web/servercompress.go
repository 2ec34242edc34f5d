package web

import (
	"bytes"
	"cmp"
	"context"
	"runtime/debug"
	"slices"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// least is how long a file must be to be compressed: what fits into one packet
// arrives no sooner when it is shorter.
const least = 1 << 10

// compressWhenLoaded compresses after every Load until ctx is done.
func (s *Server) compressWhenLoaded(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.loaded:
			s.compress(ctx)
		}
	}
}

// compress gives the files that are shown the encodings that they do not have
// yet. When another snapshot takes the place of the one that it is at, it goes on
// with that.
func (s *Server) compress(ctx context.Context) {
	c := new(compressor)
	for {
		shown := s.shown.Load()
		for _, f := range shown.sorted() {
			if ctx.Err() != nil {
				return
			}
			if s.shown.Load() != shown {
				break
			}
			if f.encoded.Load() == nil && f.kind.text {
				encoded := c.variants(f.identity.data)
				f.encoded.Store(&encoded)
			}
		}
		if s.shown.Load() == shown {
			if c.gzip != nil {
				*c = compressor{}
				debug.FreeOSMemory() // the encoders are larger than most outputs, and idle for days
			}
			return
		}
	}
}

// compressor holds the encoders of one compress, which are large.
type compressor struct {
	gzip   *gzip.Writer
	brotli *brotli.Writer
	zstd   *zstd.Encoder
}

// variants compresses data in every coding in which it gets shorter.
func (c *compressor) variants(data []byte) []variant {
	list := []variant{}
	if len(data) < least {
		return list
	}
	for coding, encode := range map[coding]func([]byte) []byte{
		gzipCoding: c.encodeGzip, brotliCoding: c.encodeBrotli, zstdCoding: c.encodeZstd,
	} {
		if encoded := encode(data); len(encoded) < len(data) {
			list = append(list, newVariant(coding, bytes.Clone(encoded))) // no spare room
		}
	}
	slices.SortFunc(list, func(a, b variant) int {
		return cmp.Or(cmp.Compare(len(a.data), len(b.data)), cmp.Compare(a.coding, b.coding))
	})
	return list
}

// Writing into memory and closing does not fail, nor do these levels.

func (c *compressor) encodeGzip(data []byte) []byte {
	var out bytes.Buffer
	if c.gzip == nil {
		c.gzip, _ = gzip.NewWriterLevel(&out, gzip.BestCompression)
	}
	c.gzip.Reset(&out)
	c.gzip.Write(data)
	c.gzip.Close()
	return out.Bytes()
}

func (c *compressor) encodeBrotli(data []byte) []byte {
	var out bytes.Buffer
	if c.brotli == nil {
		c.brotli = brotli.NewWriterLevel(&out, brotliLevel)
	}
	c.brotli.Reset(&out)
	c.brotli.Write(data)
	c.brotli.Close()
	return out.Bytes()
}

// brotliLevel is the last before brotli takes ten times as long for a tenth less.
const brotliLevel = 9

func (c *compressor) encodeZstd(data []byte) []byte {
	if c.zstd == nil {
		// A window that every browser takes is 8 MiB (RFC 9659); no feed needs one.
		c.zstd, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression),
			zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	}
	return c.zstd.EncodeAll(data, nil)
}

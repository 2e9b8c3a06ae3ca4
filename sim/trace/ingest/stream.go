package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"quotawall/sim/trace/scan"
)

const (
	// headSize is how much of the decompressed text decides on the format.
	headSize = 64 << 10
	// maxWindow bounds what a zstd frame may ask to keep in memory.
	maxWindow = 128 << 20
)

// stream is an opened file without its compression.
type stream struct {
	name string
	raw  io.ReadCloser
	text io.Reader // the whole text, head included
	head []byte
	free func() // gives back the decompressor; may be nil
	// packed marks a file that is compressed as a whole.
	packed bool
}

func openStream(f File) (*stream, error) {
	raw, err := f.Open()
	if err != nil {
		return nil, err
	}
	s := &stream{name: f.Name, raw: raw}
	if err := s.begin(); err != nil {
		s.Close()
		return nil, scan.StreamError(scan.Position{File: f.Name}, err)
	}
	return s, nil
}

// begin takes off the compression and reads the head.
func (s *stream) begin() error {
	var magic [4]byte
	n, err := io.ReadFull(s.raw, magic[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	body := io.MultiReader(bytes.NewReader(magic[:n]), s.raw)
	text, err := s.decompress(magic[:n], body)
	if err != nil {
		return err
	}
	s.head = make([]byte, headSize)
	n, err = io.ReadFull(text, s.head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	s.head = s.head[:n]
	s.text = io.MultiReader(bytes.NewReader(s.head), text)
	s.head = bytes.TrimPrefix(s.head, []byte("\xef\xbb\xbf"))
	return nil
}

func (s *stream) decompress(magic []byte, body io.Reader) (io.Reader, error) {
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, worded("gzip", err)
		}
		s.packed = true
		return &plain{"gzip", z}, nil
	case bytes.Equal(magic, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, worded("zstd", err)
		}
		s.packed, s.free = true, z.Close
		return &plain{"zstd", z}, nil
	}
	return body, nil
}

// Close closes the file; a nil stream has none.
func (s *stream) Close() error {
	if s == nil {
		return nil
	}
	if s.free != nil {
		s.free()
	}
	return s.raw.Close()
}

// plain is a decompressor whose errors are for people.
type plain struct {
	kind string
	r    io.Reader
}

func (p *plain) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if err != nil && err != io.EOF {
		err = worded(p.kind, err)
	}
	return n, err
}

func worded(kind string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return cutError(kind)
	}
	return fmt.Errorf("the %s data is damaged (%w)", kind, err)
}

// cutError is a compressed file that ends before its data does. It is not
// io.ErrUnexpectedEOF, which io.ReadFull would take for the end of the text.
type cutError string

func (kind cutError) Error() string {
	return fmt.Sprintf("the %s data is cut short: fetch the file again", string(kind))
}

package ingest

import (
	"bytes"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/canonical"
	"quotawall/sim/trace/scan"
)

// maxSpooled bounds a Parquet stream that has to be held in memory, because it
// is compressed as a whole or comes from where it cannot be read at will.
const maxSpooled = 1 << 30

// openParquet reads a file in place, and a stream from memory.
func openParquet(s *stream, opt trace.ReadOptions) (trace.Reader, error) {
	if at, size, ok := s.inPlace(); ok {
		return asReader(canonical.OpenParquet(s.name, at, size, opt))
	}
	data, err := io.ReadAll(io.LimitReader(s.text, maxSpooled+1))
	if err != nil {
		return nil, scan.StreamError(scan.Position{File: s.name}, err)
	}
	if len(data) > maxSpooled {
		return nil, &scan.Error{Position: scan.Position{File: s.name}, Reason: fmt.Sprintf(
			"a Parquet stream of more than %d MiB cannot be held in memory: save it to a file, not compressed again, and name that", maxSpooled>>20)}
	}
	return asReader(canonical.OpenParquet(s.name, bytes.NewReader(data), int64(len(data)), opt))
}

// asReader keeps a nil pointer from becoming a reader that is not nil.
func asReader(r *canonical.ParquetReader, err error) (trace.Reader, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// inPlace is the file behind a stream that is not compressed, if it can be
// read at any place.
func (s *stream) inPlace() (io.ReaderAt, int64, bool) {
	at, ok := s.raw.(io.ReaderAt)
	seeker, seeks := s.raw.(io.Seeker)
	if !ok || !seeks || s.packed {
		return nil, 0, false
	}
	size, err := seeker.Seek(0, io.SeekEnd)
	return at, size, err == nil
}

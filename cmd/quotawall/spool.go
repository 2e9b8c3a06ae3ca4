package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"quotawall/sim/trace/ingest"
)

// maxSpool bounds what is kept of a stream, in bytes.
const maxSpool = 64 << 30

// spool keeps streams that can be read only once in files of their own, since
// a simulation may read its arrivals again. The files go when the program ends.
func (a *app) spool(files []ingest.File) error {
	for i := range files {
		if !files[i].Once {
			continue
		}
		path, err := a.keep(files[i])
		if err != nil {
			return err
		}
		files[i] = ingest.File{Name: files[i].Name, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	}
	return nil
}

func (a *app) keep(f ingest.File) (path string, err error) {
	in, err := f.Open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp("", "quotawall-stream-*")
	if err != nil {
		return "", fmt.Errorf("%s is a stream and cannot be kept: %w", f.Name, err)
	}
	a.leftovers = append(a.leftovers, out.Name())
	n, err := io.Copy(out, io.LimitReader(in, maxSpool+1))
	if err == nil && n > maxSpool {
		err = fmt.Errorf("%s: a stream of more than %d bytes is not kept: save it to a file and name that", f.Name, int64(maxSpool))
	}
	return out.Name(), errors.Join(err, out.Close())
}

// sweepUp removes what the program kept for itself.
func (a *app) sweepUp() {
	for _, path := range a.leftovers {
		os.Remove(path)
	}
	a.leftovers = nil
}

package ingest

import (
	"bytes"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/trace/synth"
)

// sniffTar reports whether a file is a tar archive that holds ServeGen clients.
func sniffTar(head []byte) bool {
	return len(head) >= 512 && bytes.HasPrefix(head[257:], []byte("ustar")) && bytes.Contains(head, []byte("chunk-"))
}

// openServeGen draws the traffic of ServeGen's clients. They are a model, not a
// log: the trace is one outcome, drawn from the options' seed.
func openServeGen(s *stream, opt trace.ReadOptions) (trace.Reader, error) {
	clients, err := synth.ReadServeGenTar(s.text)
	if err != nil {
		return nil, scan.StreamError(scan.Position{File: s.name}, err)
	}
	return headed(clients.Reader(opt.Seed), opt.Head), nil
}

// headed is r without the requests after the first head, if that is above 0.
func headed(r trace.Reader, head int64) trace.Reader {
	if head <= 0 {
		return r
	}
	return &headReader{Reader: r, left: head}
}

type headReader struct {
	trace.Reader
	left int64
}

func (h *headReader) Read(block []trace.Request) (int, error) {
	if h.left == 0 {
		return 0, io.EOF
	}
	n, err := h.Reader.Read(block[:min(int64(len(block)), h.left)])
	h.left -= int64(n)
	return n, err
}

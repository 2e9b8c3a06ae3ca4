package study

import "quotawall/sim/trace"

// ahead is a reader whose first block was read already, so that the names in it
// are known before anything is compiled for them: nearly always these are all,
// and the arrivals need not be read twice.
type ahead struct {
	trace.Reader
	first []trace.Request
	err   error // with which reading the first block ended
}

func lookAhead(r trace.Reader) *ahead {
	a := &ahead{Reader: r, first: make([]trace.Request, blockRows)}
	n, err := r.Read(a.first)
	a.first, a.err = a.first[:n], err
	return a
}

// Read yields the first block in as many parts as it takes, then the rest.
func (a *ahead) Read(block []trace.Request) (int, error) {
	if n := copy(block, a.first); n > 0 {
		a.first = a.first[n:]
		return n, nil
	}
	if a.err != nil {
		return 0, a.err
	}
	return a.Reader.Read(block)
}

// Close closes the reader below.
func (a *ahead) Close() error { return closeReader(a.Reader) }

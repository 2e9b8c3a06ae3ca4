package logs

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// MostRows bounds how many calls are kept to be sorted: some 4 GB.
const MostRows = 50_000_000

// row is a call, compactly. Counts fit 32 bits because of trace.MaxCount.
type row struct {
	at, duration                           unit.Time
	input, output, max                     int32
	read, write                            int32
	model, class, user, account, sessionNo int32
	order                                  uint32 // as read
	status                                 int16
}

// tag orders repeated records of one call; see claude.go.
type tag struct {
	message uint64
	line    uint32 // where the call stands first in its file
	flags   uint8
}

// store holds a whole trace.
type store struct {
	*env
	rows []row
	seen map[id]uint32 // row of a call's id
	// tags are kept where again is set, one for each row.
	tags []tag
	// again decides on a call whose id was seen; nil keeps the first.
	again func(s *store, old uint32, c *call)
	now   *feed       // of the file that is read
	parts []firstCall // one for each file, in order

	sessions [][]byte
	hashes   []uint64
	numbers  map[string]int32
	at       int
}

// firstCall is the number that the first call of a file has, or would have.
type firstCall struct {
	file  string
	order uint32
}

// place is the line of the call that a row was first.
func (s *store) place(r *row, t tag) scan.Position {
	after := slices.IndexFunc(s.parts, func(p firstCall) bool { return p.order > r.order })
	if after < 0 {
		after = len(s.parts)
	}
	return scan.Position{File: s.parts[after-1].file, Line: int64(t.line)}
}

// gather reads all files, sorts their calls, and returns a reader of them.
func gather(e *env, begin start, names []string, open func(int) (io.ReadCloser, error)) (trace.Reader, error) {
	m, err := begin(e)
	if err != nil {
		return nil, err
	}
	s := &store{env: e, seen: map[id]uint32{}, sessions: [][]byte{nil}, hashes: []uint64{0}, numbers: map[string]int32{}}
	if c, ok := m.(*claude); ok {
		s.again = c.again
	}
	for i, name := range names {
		if n, ok := m.(namer); ok && len(names) > 1 && n.skip(name) {
			e.leaveOut("files that hold no records, by their names", scan.Position{File: name})
			continue
		}
		if err := s.readFile(m, name, i, open); err != nil {
			return nil, err
		}
	}
	if f, ok := m.(finisher); ok {
		if err := f.finish(s); err != nil {
			return nil, err
		}
	}
	s.seen, s.tags, s.numbers, s.now, s.parts = nil, nil, nil, nil, nil
	if o, ok := m.(own); ok {
		return o.reader(names[0])
	}
	if len(s.rows) == 0 {
		return nil, e.emptiness(names[0])
	}
	s.sort()
	return s, nil
}

func (s *store) readFile(m maker, name string, i int, open func(int) (io.ReadCloser, error)) error {
	r, err := open(i)
	if err != nil {
		return err
	}
	err = s.readAll(m, name, r)
	if closing := r.Close(); err == nil && closing != nil {
		err = scan.StreamError(scan.Position{File: name}, closing)
	}
	s.sum.Files++
	return err
}

func (s *store) readAll(m maker, name string, r io.Reader) error {
	src, err := m.file(name, r)
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	f := feed{env: s.env, source: src}
	s.now, s.parts = &f, append(s.parts, firstCall{name, uint32(len(s.rows))})
	for {
		switch err := f.more(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		for i := range f.calls {
			if err := s.add(&f.calls[i]); err != nil {
				return err
			}
		}
		f.empty()
	}
}

// add keeps a call, once.
func (s *store) add(c *call) error {
	n := uint32(len(s.rows))
	if c.id != (id{}) {
		if old, ok := s.seen[c.id]; ok {
			if s.again != nil {
				s.again(s, old, c)
			} else {
				s.leaveOut(repeatedCall, s.now.where())
			}
			return nil
		}
		s.seen[c.id] = n
	}
	if n >= MostRows {
		return fmt.Errorf("the log has more than %d calls, too many to sort in memory: read a part of it", MostRows)
	}
	r := s.compact(c)
	r.order = n
	s.rows = append(s.rows, r)
	if s.again != nil {
		c.tag.line = uint32(min(s.now.where().Line, math.MaxUint32))
		s.tags = append(s.tags, c.tag)
	}
	return nil
}

func (s *store) compact(c *call) row {
	return row{
		at: c.At, duration: c.Duration,
		input: int32(c.Input), output: int32(c.Output), max: int32(c.Max),
		read: int32(c.CacheRead), write: int32(c.CacheWrite),
		model: c.Model, class: c.Class, user: c.User, account: c.Account,
		sessionNo: s.session(c.SessionID), status: c.Status,
	}
}

func (s *store) session(name []byte) int32 {
	if len(name) == 0 {
		return 0
	}
	if n, ok := s.numbers[string(name)]; ok {
		return n
	}
	n := int32(len(s.sessions))
	name = slices.Clone(name)
	s.sessions, s.hashes = append(s.sessions, name), append(s.hashes, unit.Hash(name))
	s.numbers[string(name)] = n
	return n
}

// sort puts the rows in order of time, equal times as they were read, and
// makes the first row's time 0.
func (s *store) sort() {
	slices.SortFunc(s.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order))
	})
	base := s.rows[0].at
	if s.info.Dated {
		s.info.Start = scan.Instant(int64(base))
	}
	for i := range s.rows {
		s.rows[i].at -= base
	}
}

// Info describes the trace.
func (s *store) Info() *trace.Info { return &s.info }

// Summary tells what was read and handed out.
func (s *store) Summary() *trace.Summary {
	if s.at > 0 {
		s.sum.Span = s.rows[s.at-1].at - s.rows[0].at
	}
	return &s.sum
}

// Read fills block with the next rows.
func (s *store) Read(block []trace.Request) (int, error) {
	if s.at == len(s.rows) {
		return 0, io.EOF
	}
	n := min(len(block), len(s.rows)-s.at)
	for i := range n {
		w := &s.rows[s.at+i]
		block[i] = trace.Request{
			At: w.at, Duration: w.duration, Input: int64(w.input), Output: int64(w.output), Max: int64(w.max),
			CacheRead: int64(w.read), CacheWrite: int64(w.write), Shared: trace.Unknown,
			Model: w.model, Class: w.class, User: w.user, Account: w.account,
			Session: s.hashes[w.sessionNo], SessionID: s.sessions[w.sessionNo], Status: w.status,
		}
		if block[i].Failed() {
			s.sum.Failed++
		}
	}
	s.at += n
	s.sum.Rows += int64(n)
	return n, nil
}

package synth

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Source opens a trace anew, from its first request. Readers that hold a file
// are io.Closers; whoever reads one to its end here closes it.
type Source func() (trace.Reader, error)

// release closes a reader that holds something.
func release(r trace.Reader) error {
	if c, ok := r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// MaxCopies bounds how often Scale superposes a trace.
const MaxCopies = 1000

// marked writes the session ids of copies, in memory that lives for a block.
type marked struct {
	ids []byte
}

// mark names a row's session ID<sign><copy>; a row without a session keeps none.
func (m *marked) mark(r *trace.Request, sign byte, copy int64) {
	if len(r.SessionID) == 0 {
		return
	}
	from := len(m.ids)
	m.ids = append(append(m.ids, r.SessionID...), sign)
	m.ids = strconv.AppendInt(m.ids, copy, 10)
	r.SessionID = m.ids[from:len(m.ids):len(m.ids)]
	r.Session = unit.Hash(r.SessionID)
}

// names carries a reader's interned names over to another's tables.
type names struct {
	from, to *trace.Names
	seen     [4][]int32 // by model, class, user, account; index 0 stays 0
}

func (n *names) carry(r *trace.Request) {
	if n.from == n.to {
		return
	}
	r.Model = n.one(0, &n.from.Models, &n.to.Models, r.Model)
	r.Class = n.one(1, &n.from.Classes, &n.to.Classes, r.Class)
	r.User = n.one(2, &n.from.Users, &n.to.Users, r.User)
	r.Account = n.one(3, &n.from.Accounts, &n.to.Accounts, r.Account)
}

func (n *names) one(which int, from, to *trace.Table, i int32) int32 {
	seen := n.seen[which]
	for len(seen) <= int(i) {
		seen = append(seen, to.InternString(from.Text(int32(len(seen)))))
	}
	n.seen[which] = seen
	return seen[i]
}

// Repeat plays a trace again and again, each play starting one microsecond and
// the trace's span after the start of the one before: plays times in all, or,
// with plays 0, as often as fits before until. Requests at or after until are
// left out; unit.Never keeps all. Sessions of play k (from 1, the second) are
// named ID#k; ids of prefix blocks stay as they are, so blocks of trace scope
// are shared by the plays.
func Repeat(open Source, plays int64, until unit.Time) (trace.Reader, error) {
	if plays < 0 || plays == 0 && until == unit.Never {
		return nil, fmt.Errorf("a trace cannot be repeated %d times without an end: give a positive number, or a horizon to fill", plays)
	}
	r, err := open()
	if err != nil {
		return nil, err
	}
	return &repeater{
		open: open, plays: plays, until: until, reader: r, info: *r.Info(),
		names: names{from: r.Info().Names, to: r.Info().Names},
	}, nil
}

type repeater struct {
	open   Source
	plays  int64
	until  unit.Time
	reader trace.Reader
	info   trace.Info
	names  names
	marked marked
	play   int64
	start  unit.Time // of the present play
	last   unit.Time // At of the first play's last row
	any    bool
	done   bool
}

func (p *repeater) Info() *trace.Info { return &p.info }

func (p *repeater) Close() error { return release(p.reader) }

func (p *repeater) Read(block []trace.Request) (int, error) {
	for !p.done {
		n, err := p.reader.Read(block)
		if errors.Is(err, io.EOF) {
			if err := p.again(); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			return 0, err
		}
		p.info.Notes = p.reader.Info().Notes
		if n = p.shift(block[:n]); n > 0 || len(block) == 0 {
			return n, nil
		}
	}
	return 0, io.EOF
}

// shift moves the rows of the present play to their times and returns how many
// are before the end. The first play is read on even then, so that what is known
// of the trace is known of all of it.
func (p *repeater) shift(block []trace.Request) int {
	p.marked.ids = p.marked.ids[:0]
	for i := range block {
		r := &block[i]
		if p.play == 0 {
			p.last, p.any = r.At, true
		}
		if r.At >= p.until-p.start {
			p.done = p.play > 0
			return i
		}
		r.At += p.start
		p.names.carry(r)
		if p.play > 0 {
			p.marked.mark(r, '#', p.play)
		}
	}
	return len(block)
}

// again begins the next play, if there is one.
func (p *repeater) again() error {
	period := p.last + 1
	p.play++
	if !p.any || p.plays > 0 && p.play >= p.plays || p.start > unit.Never-period || p.start+period >= p.until {
		p.done = true
		return nil
	}
	if err := release(p.reader); err != nil {
		return err
	}
	r, err := p.open()
	if err != nil {
		return fmt.Errorf("opening the trace for its play %d: %w", p.play+1, err)
	}
	p.start += period
	p.reader, p.names = r, names{from: r.Info().Names, to: p.info.Names}
	return nil
}

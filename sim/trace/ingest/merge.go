package ingest

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

const (
	// mostOpen is how many files stay open from the first look on; the others
	// are opened again when their time comes.
	mostOpen = 64
	// partRows is how many rows of a file are held at once.
	partRows = 256
)

// part is one file of a merged trace.
type part struct {
	order  int
	file   File
	opened *stream // opened and not yet looked into; mostly nil
	reader Reader  // nil while the file is closed
	begin  time.Time
	shift  unit.Time // added to the file's times

	rows []trace.Request // read and not yet handed out
	at   int
	buf  []trace.Request
	next unit.Time // time of the next row, on the common clock

	names [4][]int32 // the file's numbers of models, classes, users, accounts -> the common ones
	sum   trace.Summary
	notes []string
}

// merged is many files in order of time.
type merged struct {
	info  trace.Info
	wish  wish
	opt   trace.ReadOptions
	parts []*part
	queue []*part // by (next, order)
	empty *part   // handed out to its end: to be filled at the next Read
	rows  int64
	first unit.Time
	last  unit.Time
}

// openMerged merges files; first is one of them that is open already.
func openMerged(first *stream, files []File, w wish, opt trace.ReadOptions) (_ Reader, err error) {
	m := &merged{wish: w, opt: opt, info: trace.Info{Names: trace.NewNames()}}
	defer func() {
		if err != nil {
			m.Close()
			first.Close()
		}
	}()
	open := 0
	for i, f := range files {
		p := &part{order: i, file: f}
		m.parts = append(m.parts, p)
		if first != nil && f.Name == first.name {
			p.opened, first = first, nil
		}
		if err := m.look(p); err != nil {
			return nil, err
		}
		if open++; open > mostOpen && !f.Once && p.reader != nil {
			p.close()
		}
	}
	m.align()
	heap.Init(m)
	if len(m.queue) == 0 {
		return nil, fmt.Errorf("none of the %d files has a request", len(files))
	}
	return m, nil
}

// look opens a file, reads its first rows and takes over what it says of
// itself. A file without a request is no mistake beside others that have some.
func (m *merged) look(p *part) error {
	err := m.open(p)
	if err == nil {
		err = p.fill()
	}
	if errors.Is(err, errNothing) {
		p.close()
		return nil
	}
	if err != nil {
		return err
	}
	info := p.reader.Info()
	p.begin = info.Start
	m.queue = append(m.queue, p)
	return m.agree(p, info, len(m.queue) == 1)
}

// errNothing says that a file holds no request.
var errNothing = errors.New("no request")

func (m *merged) open(p *part) error {
	s := p.opened
	if p.opened = nil; s == nil {
		var err error
		if s, err = openStream(p.file); err != nil {
			return err
		}
	}
	f, err := s.detect(m.wish)
	if err == nil && (f.join != nil || f.all != nil) {
		err = &scan.Error{Position: scan.Position{File: p.file.Name}, Reason: "the files are of different formats",
			Detail: "this one is " + f.name + ", which is not read beside those before it"}
	}
	if err != nil {
		s.Close()
		return nothing(err)
	}
	p.reader, err = openOne(s, f, m.opt)
	return nothing(err)
}

// nothing turns the refusal of an empty file into errNothing.
func nothing(err error) error {
	var e *scan.Error
	if errors.As(err, &e) && e.Empty {
		return errNothing
	}
	return err
}

// agree takes over the first file's description, or checks that a further
// file can stand beside those before it.
func (m *merged) agree(p *part, info *trace.Info, first bool) error {
	if first {
		names := m.info.Names
		m.info = *info
		m.info.Names, m.info.Notes = names, nil
		return nil
	}
	own := &m.info
	differ := func(what string) error {
		return &scan.Error{Position: scan.Position{File: p.file.Name}, Reason: what, Detail: "compared with " + scan.Printable(m.queue[0].file.Name)}
	}
	switch {
	case own.Dated != info.Dated:
		return differ("dated and undated files have no common clock")
	case info.BlockScope != trace.NoBlocks && own.BlockScope != trace.NoBlocks &&
		(own.BlockScope != info.BlockScope || own.BlockTokens != info.BlockTokens):
		return differ("the files' prompt blocks differ in size or scope")
	}
	if own.BlockScope == trace.NoBlocks {
		own.BlockScope, own.BlockTokens = info.BlockScope, info.BlockTokens
	}
	if !slices.Contains(strings.Split(own.Format, "+"), info.Format) {
		own.Format += "+" + info.Format
	}
	own.Dialogues = own.Dialogues && info.Dialogues
	if own.MaxTokens != info.MaxTokens {
		own.MaxTokens = 0
	}
	return nil
}

// align puts the files on one clock: time 0 is the first request of all.
func (m *merged) align() {
	if m.info.Dated {
		start := time.Time{}
		for _, p := range m.queue {
			if first := p.next.At(p.begin); start.IsZero() || first.Before(start) {
				start = first
			}
		}
		m.info.Start = start
		for _, p := range m.queue {
			p.shift = since(start, p.begin)
			p.next += p.shift
		}
	}
}

// fill reads the next rows of an open file; errNothing where it has none at all.
func (p *part) fill() error {
	if p.buf == nil {
		p.buf = make([]trace.Request, partRows)
	}
	n, err := p.reader.Read(p.buf)
	if err != nil {
		return nothing(err)
	}
	p.rows, p.at = p.buf[:n], 0
	p.next = p.rows[0].At + p.shift
	return nil
}

// close closes the file and keeps what it said of itself.
func (p *part) close() error {
	if p.reader == nil {
		return nil
	}
	p.sum, p.notes = *p.reader.Summary(), p.reader.Info().Notes
	err := p.reader.Close()
	p.reader, p.rows, p.buf, p.names = nil, nil, nil, [4][]int32{}
	return err
}

func (m *merged) Info() *trace.Info {
	m.info.Notes = m.info.Notes[:0]
	for _, p := range m.parts {
		notes := p.notes
		if p.reader != nil {
			notes = p.reader.Info().Notes
		}
		for _, n := range notes {
			if !slices.Contains(m.info.Notes, n) {
				m.info.Notes = append(m.info.Notes, n)
			}
		}
	}
	return &m.info
}

// Read hands out rows until block is full or a file must be read further:
// what was handed out points into the files' own memory.
func (m *merged) Read(block []trace.Request) (int, error) {
	if err := m.refill(); err != nil {
		return 0, err
	}
	if len(m.queue) == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(block) && m.empty == nil && len(m.queue) > 0 {
		p := m.queue[0]
		if p.reader == nil {
			if n > 0 {
				break
			}
			if err := m.reopen(p); err != nil {
				return 0, err
			}
		}
		n += m.take(p, block[n:])
	}
	if m.rows == 0 && n > 0 {
		m.first = block[0].At
	}
	m.rows += int64(n)
	if n > 0 {
		m.last = block[n-1].At
	}
	return n, nil
}

// refill reads on in the file whose rows were all handed out.
func (m *merged) refill() error {
	p := m.empty
	m.empty = nil
	if p == nil {
		return nil
	}
	switch err := p.fill(); err {
	case nil:
		heap.Push(m, p)
		return nil
	case io.EOF:
		return p.close()
	default:
		return err
	}
}

func (m *merged) reopen(p *part) error {
	err := m.open(p)
	if err == nil {
		err = p.fill()
	}
	if err == io.EOF || err == errNothing {
		err = &scan.Error{Position: scan.Position{File: p.file.Name}, Reason: "the file changed while it was read"}
	}
	return err
}

// take hands out the rows of p, the first in the queue, that come before those
// of every other file.
func (m *merged) take(p *part, block []trace.Request) (n int) {
	for n < len(block) {
		r := p.rows[p.at]
		r.At += p.shift
		m.rename(p, &r)
		block[n] = r
		n++
		p.at++
		if p.at == len(p.rows) {
			heap.Pop(m)
			m.empty = p
			return n
		}
		p.next = p.rows[p.at].At + p.shift
		if !m.leads(p) {
			heap.Fix(m, 0)
			return n
		}
	}
	return n
}

// leads reports whether the root of the queue is still before its children.
func (m *merged) leads(p *part) bool {
	for i := 1; i <= 2 && i < len(m.queue); i++ {
		if m.Less(i, 0) {
			return false
		}
	}
	return true
}

// rename numbers the row's names as the merged trace does.
func (m *merged) rename(p *part, r *trace.Request) {
	from, to := p.reader.Info().Names, m.info.Names
	r.Model = renamed(&p.names[0], &from.Models, &to.Models, r.Model)
	r.Class = renamed(&p.names[1], &from.Classes, &to.Classes, r.Class)
	r.User = renamed(&p.names[2], &from.Users, &to.Users, r.User)
	r.Account = renamed(&p.names[3], &from.Accounts, &to.Accounts, r.Account)
}

func renamed(known *[]int32, from, to *trace.Table, i int32) int32 {
	for int(i) >= len(*known) {
		*known = append(*known, to.InternString(from.Text(int32(len(*known)))))
	}
	return (*known)[i]
}

// Summary adds up what the files tell.
func (m *merged) Summary() *trace.Summary {
	total := trace.Summary{Rows: m.rows, Span: m.last - m.first, Files: len(m.parts)}
	for _, p := range m.parts {
		s := &p.sum
		if p.reader != nil {
			s = p.reader.Summary()
		}
		total.Failed += s.Failed
		total.Skipped += s.Skipped
		for _, r := range s.Reasons {
			addReason(&total, r)
		}
	}
	return &total
}

// addReason adds a whole file's count of one reason.
func addReason(total *trace.Summary, r trace.Reason) {
	for i := range total.Reasons {
		if t := &total.Reasons[i]; t.Text == r.Text && t.Bad == r.Bad {
			t.Count += r.Count
			return
		}
	}
	total.Reasons = append(total.Reasons, r)
}

// Close closes what is still open.
func (m *merged) Close() error {
	var errs []error
	for _, p := range m.parts {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// The queue of files for container/heap.

func (m *merged) Len() int { return len(m.queue) }

func (m *merged) Less(i, j int) bool {
	a, b := m.queue[i], m.queue[j]
	return a.next < b.next || a.next == b.next && a.order < b.order
}

func (m *merged) Swap(i, j int) { m.queue[i], m.queue[j] = m.queue[j], m.queue[i] }

func (m *merged) Push(x any) { m.queue = append(m.queue, x.(*part)) }

func (m *merged) Pop() any {
	last := len(m.queue) - 1
	p := m.queue[last]
	m.queue = m.queue[:last]
	return p
}

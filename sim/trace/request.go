// Package trace holds requests: what one row of traffic is, how rows are read
// from the project's canonical form and from other people's logs, and what can
// be said of a trace in numbers.
package trace

import (
	"io"
	"time"

	"quotawall/sim/unit"
)

// Values of Request.MaxTokens that are no numbers.
const (
	// MaxUnset: the client sent no max_tokens; the model's maximum is reserved.
	MaxUnset int64 = -1
	// MaxUnknown: the trace does not say; the scenario's trace.max_tokens decides.
	MaxUnknown int64 = -2
)

// Unknown marks a count or a duration that the trace does not give.
const Unknown = -1

// Request is one row of traffic. It is a value without pointers to anything
// that outlives the block it was read into.
type Request struct {
	// What nearly every simulation reads comes first, in one line of the
	// processor's cache.
	At      unit.Time // start of the call; 0 is the trace's first
	Input   int64     // tokens of the whole prompt, cached or not
	Output  int64     // tokens
	Max     int64     // max_tokens, or MaxUnset, or MaxUnknown
	Session uint64    // FNV-1a 64 of the session id
	Shared  int64     // tokens of the prompt that repeat the session's last prompt, or Unknown

	// Interned names: indices into the reader's Names; 0 is "not given".
	Model, Class int32
	// Ordinal numbers the sessions by first appearance; set by Numberer.
	Ordinal uint32
	Status  int16 // HTTP status of a logged call; 0 where the log has none (it succeeded)

	User, Account int32     // interned names, too
	Duration      unit.Time // logged duration, or Unknown

	// What the log says of the prompt's cached part; each may be Unknown.
	CacheRead  int64 // tokens
	CacheWrite int64 // tokens

	// Blocks are the prompt's prefix-block ids in order; nil where the trace
	// has none. The memory belongs to the reader and is valid until the next
	// Read.
	Blocks []uint64
	// SessionID is the id behind Session; empty where the row has none. Its
	// memory is the reader's too.
	SessionID []byte
}

// Failed reports whether the log says that the call did not succeed.
func (r *Request) Failed() bool { return r.Status != 0 && (r.Status < 200 || r.Status > 299) }

// BlockScope says where a block id means something.
type BlockScope string

// Scopes of block ids.
const (
	NoBlocks     BlockScope = ""
	SessionScope BlockScope = "session" // ids are local to a session
	TraceScope   BlockScope = "trace"   // ids are shared by the whole trace
)

// Info is what a format says of all its rows. It is complete before the first
// Read, except Names and Notes, which grow while reading.
type Info struct {
	Format string
	// Start is the UTC instant of time 0 where the trace is dated.
	Start time.Time
	Dated bool

	BlockTokens int64 // tokens of one block
	BlockScope  BlockScope
	// Dialogues: a session is one person's or agent's dialogue, so a closed
	// loop is the natural default.
	Dialogues bool
	// MaxTokens is the format's own default for rows without max_tokens; 0 = none.
	MaxTokens int64
	Names     *Names
	// Notes are the assumptions that reading had to make, for the report.
	Notes []string
}

// Reader yields requests in order of time.
type Reader interface {
	// Info describes the trace; the pointer stays valid and its Names grow.
	Info() *Info
	// Read fills block from its front and returns how many requests it wrote.
	// After the last it returns 0 and io.EOF; n > 0 comes with a nil error.
	// An error names the row and the column.
	Read(block []Request) (n int, err error)
}

var _ = io.EOF

// Names interns the text of a trace's models, classes, users and accounts.
// Index 0 of each is the empty text, "not given".
type Names struct {
	Models, Classes, Users, Accounts Table
}

// NewNames returns empty tables.
func NewNames() *Names {
	return &Names{Models: newTable(), Classes: newTable(), Users: newTable(), Accounts: newTable()}
}

// Table interns texts to small whole numbers in order of first appearance.
type Table struct {
	texts []string
	index map[string]int32
}

func newTable() Table {
	return Table{texts: []string{""}, index: map[string]int32{"": 0}}
}

// Intern returns the index of b, adding it where it is new. It allocates only
// for new texts.
func (t *Table) Intern(b []byte) int32 {
	if i, ok := t.index[string(b)]; ok {
		return i
	}
	return t.InternString(string(b))
}

// InternString is Intern for a string.
func (t *Table) InternString(s string) int32 {
	if i, ok := t.index[s]; ok {
		return i
	}
	i := int32(len(t.texts))
	t.texts = append(t.texts, s)
	t.index[s] = i
	return i
}

// Text is the text of index i.
func (t *Table) Text(i int32) string { return t.texts[i] }

// Len is the number of texts, the empty one included.
func (t *Table) Len() int { return len(t.texts) }

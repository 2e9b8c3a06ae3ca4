package trace

import "quotawall/sim/unit"

// ReadOptions are the user's wishes for reading traffic of any format. The zero
// value reads everything, strictly.
type ReadOptions struct {
	Head        int64 // only the first lines or records of the file; 0 = all
	SkipBadRows bool  // leave rows with mistakes out and count them
	Unordered   bool  // let times go back: the caller sorts
	// OnBadRow is told of each row that SkipBadRows leaves out; may be nil.
	OnBadRow func(mistake error)

	// SessionGap: session k starts at k x gap, for formats whose sessions have
	// no common clock.
	SessionGap unit.Time
	// Map names the source's column of a field ("at", "input", "output",
	// "model", "max_tokens", "session", "user", "class", "cache_read",
	// "cache_write", "duration", "account", "status") for tables.
	Map map[string]string
	// Inclusive says whether the input count includes cached tokens; Default
	// leaves it to what is known of the format.
	Inclusive Inclusion
	// Spread says how a metric series' requests lie inside their period; Seed
	// feeds the random one.
	Spread Spread
	Seed   uint64
}

// LeaveOut counts a bad row that is skipped.
func (o *ReadOptions) LeaveOut(s *Summary, reason, where string, mistake error) {
	s.LeaveOut(reason, where, true)
	if o.OnBadRow != nil {
		o.OnBadRow(mistake)
	}
}

// Inclusion says whether an input count includes cached tokens.
type Inclusion uint8

// Meanings of an input count.
const (
	DefaultInclusion Inclusion = iota
	Inclusive
	Exclusive
)

// Spread places the requests of a metric period inside it.
type Spread uint8

// Ways to spread requests.
const (
	Uniform Spread = iota // evenly
	Poisson               // at random, seeded
)

// Package synth makes traffic: seeded, streaming synthesis of classes of
// requests, transformations of traces that exist, and the estimation of a
// class from a trace. Its memory grows with live users and sessions, never
// with the number of requests.
//
// Two rules hold everywhere. Every draw comes from a stream named by what it
// is for (class, user, session, purpose), so adding a class, a user or a
// distribution never shifts the draws of another. And all that a class sends
// is in one total order: (time, class, session, call).
package synth

import "quotawall/sim/unit"

// Workload is one class of synthetic traffic: what one [[traffic]] block of a
// scenario says. The zero value of a field means "not given"; a preset fills
// what a scenario leaves out. Keys names the keys.
//
// Traffic is made of sessions. A session is a number of turns (a person's
// messages), a turn a number of steps (calls of a tool loop). A class whose
// turns and steps are 1 sends single calls that belong to no session.
type Workload struct {
	Class  string // name of the class; unique in a workload list
	Preset string // where the other values came from; for display only

	// Model is the alias asked for; Models, where given, its shares by session.
	Model  string
	Models []Share

	// Users is the population. Users are numbered from 1 and shared by all
	// classes: user 7 of chat is user 7 of coding.
	Users int64
	// SessionsPerDay is one user's mean number of session starts on a day of
	// weight 1 (see Profile), where Rate is not given: each user then has an
	// arrival process and random streams of its own.
	SessionsPerDay float64
	// Rate is the class's mean number of calls per second on a day of weight
	// 1: one arrival process for the class, users drawn by Skew.
	Rate float64
	// Skew is the exponent of a Zipf law over users: user k's share is
	// proportional to k^-Skew; 0 makes all alike.
	Skew float64

	Arrivals Arrivals
	Profile  Profile

	Turns Dist // turns of a session; unset = 1
	Steps Dist // calls of a turn; unset = 1
	// Think is the seconds between a turn's last answer and the next turn,
	// StepGap those between an answer and the next call of the same turn. To
	// both the assumed service time is added; a preset whose gaps were measured
	// from start to start assumes none.
	Think   Dist
	StepGap Dist
	Service Service

	Prompt  Dist // tokens of a session's first prompt, shared part included
	Growth  Dist // tokens that a call adds to the session's last prompt
	History History
	// Rebuild is the share of calls whose prompt agrees with the last one only
	// in the shared part (tools edited, context rewritten), so that a cache
	// holds nothing else of it.
	Rebuild    float64
	Compaction Compaction

	// SharedPrompt is the tokens of system prompt and tools that begin every
	// prompt of the class, in all sessions; Reuse says who can find it cached.
	SharedPrompt int64
	Reuse        Reuse

	Output Dist // tokens
	// MaxTokens is the calls' max_tokens: a number, 0 where the scenario's
	// trace.max_tokens decides, -1 where clients leave it unset.
	MaxTokens int64

	// After makes the class a consequence of another's: it has no arrivals of
	// its own.
	After After
}

// Share is a model alias and its weight among the shares of a workload.
type Share struct {
	Model  string
	Weight float64
}

// Process names an arrival process.
type Process string

// Arrival processes.
const (
	Poisson Process = "poisson" // exponential gaps, CV 1; the default
	Gamma   Process = "gamma"   // renewal, shape 1/CV^2
	Weibull Process = "weibull" // renewal, shape solved from CV
	OnOff   Process = "onoff"   // two-state Markov-modulated Poisson process
)

// Arrivals is how session starts follow each other.
type Arrivals struct {
	Process Process
	// CV is the coefficient of variation of the gaps; unset = 1. For onoff it
	// fixes the mean length of a burst unless Burst does.
	CV float64
	// OnShare is the share of time spent in bursts (onoff), OffRate the rate
	// between bursts as a share of the mean rate.
	OnShare float64
	OffRate float64
	// Burst is the mean length of a burst (onoff); 0 = from CV.
	Burst unit.Time
}

// Profile modulates the rate over the week, in local time. Daily weights shape
// a day without changing its total; weekly weights multiply whole days.
type Profile struct {
	// Daily are weights of equal parts of the day from local midnight; their
	// number divides 96. Nil = flat.
	Daily []float64
	// Weekly are weights of Monday to Sunday, a day of weight 1 being one of
	// which SessionsPerDay and Rate speak. Nil = all 1.
	Weekly []float64
	// Hours, where To > From, gives local business hours instead of Daily: all
	// traffic but OffHours (a share of the rate within) falls in them.
	HoursFrom, HoursTo unit.Time
	OffHours           float64
	// Peak is the peak/mean ratio of a smooth day with its peak at PeakAt,
	// instead of Daily and Hours; it lies between 1 and 8.
	Peak   float64
	PeakAt unit.Time
	// Offset is local time minus UTC.
	Offset unit.Time
}

// Service is the latency that open-loop arrival times assume for a call:
// FirstToken + PerToken x output. The engine has its own latency model; this
// one only places the next call of a session.
type Service struct {
	FirstToken unit.Time
	PerToken   unit.Time
}

// History says how a session's next prompt follows from the last.
type History string

// Ways to build the next prompt.
const (
	// Append re-sends prompt and answer and adds Growth; the default.
	Append History = "append"
	// Total re-sends the prompt and adds Growth, the answer included in it.
	Total History = "total"
	// Fresh draws every prompt anew; only SharedPrompt repeats.
	Fresh History = "fresh"
)

// Compaction replaces a long history by a summary.
type Compaction struct {
	// Above compacts where the next prompt would be longer; 0 = never. A
	// session whose first prompt is longer already works in a larger window,
	// in which Top is the limit instead (0 = none).
	Above int64
	Top   int64
	// Share compacts at this share of calls, at random.
	Share float64
	// To is the tokens of the prompt after it, or, with Ratio, the share of
	// the prompt that stays. At least SharedPrompt stays.
	To    Dist
	Ratio Dist
}

// Reuse says which part of a prompt a cache can find again.
type Reuse string

// Kinds of reuse.
const (
	// ReuseSession: what repeats the session's last prompt (Request.Shared);
	// the default for sessions.
	ReuseSession Reuse = "session"
	// ReuseSystem: only SharedPrompt, but across all sessions of the class
	// (Request.Blocks of that part alone); the default for single calls with a
	// SharedPrompt. It is what a cache checkpoint after the system prompt does.
	ReuseSystem Reuse = "system"
	// ReuseBoth: SharedPrompt across sessions and the session's own history,
	// as prefix blocks of the whole prompt.
	ReuseBoth Reuse = "both"
)

// BlockTokens is the length of the prefix blocks that synthesis writes.
const BlockTokens = 256

// Event is something in another class's session that makes a call.
type Event string

// Events.
const (
	OnSession Event = "session"    // the session's first call
	OnTurn    Event = "turn"       // a turn's last answer
	OnStep    Event = "step"       // any answer
	OnCompact Event = "compaction" // the history is about to be compacted
	OnEnd     Event = "end"        // the session's last answer
)

// After ties a class to another's events.
type After struct {
	Class string // the other class; empty = the class has arrivals of its own
	On    Event
	Every int64 // every n-th such event of a session; 0 = 1
	Delay Dist  // seconds after the event; unset = 0
	// Whole makes the call re-send the session's whole history (its last
	// prompt and answer) and add a Prompt draw, within the same session;
	// otherwise the prompt is a Prompt draw in a session of its own.
	Whole bool
}

// Single reports whether the class sends single calls without a session.
func (w *Workload) Single() bool { return w.Turns.one() && w.Steps.one() && w.After.Class == "" }

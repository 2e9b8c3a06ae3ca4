// Package stats says what a trace is in numbers: rates, token sizes, how much
// of the prompts repeats, and when a cap would be spent. It reads a trace once
// and keeps counts, not rows.
package stats

import (
	"errors"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Schema is the version of the JSON contract.
const Schema = "quotawall.trace-stats/v1"

// Stats are the numbers of a whole trace; the field names are the JSON
// contract. What is not defined (a rate without a span, prefix hits without
// prefix data) is null.
type Stats struct {
	Schema string `json:"schema"`
	Figures
	By     string  `json:"by,omitempty"`
	Groups []Group `json:"groups,omitempty"`
	// Skipped is how many rows with mistakes were left out.
	Skipped int64 `json:"skipped_rows"`
	// Notes are the assumptions that reading had to make.
	Notes []string `json:"notes"`
}

// Group are the numbers of one model, class, user, account or session, measured
// as if it stood alone: from its own first request on. Its prefix hits are those
// that it has in the whole trace.
type Group struct {
	Name string `json:"name"`
	Figures
}

// Figures are what is measured.
type Figures struct {
	Requests int64     `json:"requests"`
	Failed   int64     `json:"failed"` // of them, by the log's status
	SpanS    float64   `json:"span_s"` // from the first request to the last
	RPM      PerMinute `json:"rpm"`
	RPS      Rate      `json:"rps"`
	// CV is the population standard deviation of the gaps between requests over
	// their mean.
	CV     *float64   `json:"interarrival_cv"`
	Input  Tokens     `json:"input"`
	Output Tokens     `json:"output"`
	TPM    Max        `json:"tpm"` // raw tokens, input + output, by minute from the first request
	Prefix *PrefixHit `json:"prefix_hit"`
	Cap    *Cap       `json:"cap,omitempty"`
}

// PerMinute are requests a minute.
type PerMinute struct {
	Mean       *float64 `json:"mean"`        // over the span
	Max        int64    `json:"max"`         // of the minutes counted from the first request
	MaxClock   int64    `json:"max_clock"`   // of the UTC clock minutes
	MaxRolling int64    `json:"max_rolling"` // of any half-open 60 seconds
}

// Rate are requests a second; the seconds count from the first request.
type Rate struct {
	Mean *float64 `json:"mean"`
	Max  int64    `json:"max"`
}

// Max is a largest value.
type Max struct {
	Max int64 `json:"max"`
}

// Tokens are the sizes of prompts or answers. Quantiles are nearest rank: the
// smallest value with at least that share of all at or below.
type Tokens struct {
	Total int64    `json:"total"`
	Mean  *float64 `json:"mean"`
	P50   int64    `json:"p50"`
	P90   int64    `json:"p90"`
	P99   int64    `json:"p99"`
	Max   int64    `json:"max"`
}

// PrefixHit is what an ideal prefix cache would have read, by its time to live:
// unlimited, without a minimum prompt, shared by all models; a hit renews it.
// Where rows have no blocks, what they share with the session's last prompt
// counts.
type PrefixHit struct {
	NoExpiry Hit `json:"no_expiry"`
	Hour     Hit `json:"1h"`
	Five     Hit `json:"5m"`
	One      Hit `json:"1m"`
}

// Hit is read tokens and their share of all input tokens.
type Hit struct {
	Tokens int64    `json:"tokens"`
	Share  *float64 `json:"share"`
}

// Cap says when a running sum of charges exceeds a cap: nothing is dropped
// before, and nothing is reset. A charge is input + burndown x output, without
// the prefix hits where a cache was asked for.
type Cap struct {
	Limit    int64   `json:"limit"`
	Burndown int64   `json:"burndown"`
	CacheTTL *string `json:"cache_ttl"` // null: cache reads count
	// Of the first request whose charge makes the sum exceed the limit:
	// seconds after the first request, and place from 1; null if none does.
	ExhaustedS       *float64 `json:"exhausted_s"`
	ExhaustedRequest *int64   `json:"exhausted_request"`
	TotalCharge      int64    `json:"total_charge"`
}

// Key is what groups are made by.
type Key string

// Keys of groups.
const (
	NoKey     Key = ""
	ByModel   Key = "model"
	ByClass   Key = "class"
	ByUser    Key = "user"
	ByAccount Key = "account"
	BySession Key = "session"
)

// Keys lists the keys of groups.
func Keys() []Key { return []Key{ByModel, ByClass, ByUser, ByAccount, BySession} }

// Bounds on what can be asked.
const (
	// MaxBurndown bounds the burndown rate of a cap.
	MaxBurndown = 1000
	// MaxGroups bounds how many groups are told apart.
	MaxGroups = 100_000
)

// Options say what to measure beside the figures of the whole.
type Options struct {
	By       Key
	Cap      int64  // 0 = none
	Burndown int64  // 0 = 1
	CacheTTL string // of TTLs(); empty: cache reads count
}

// Check says what is wrong with the options.
func (o *Options) Check() error {
	switch {
	case o.Cap < 0:
		return fmt.Errorf("the cap %d is negative", o.Cap)
	case o.Burndown < 0 || o.Burndown > MaxBurndown:
		return fmt.Errorf("the burndown rate %d is not between 1 and %d", o.Burndown, MaxBurndown)
	case o.CacheTTL != "" && ttlIndex(o.CacheTTL) < 0:
		return fmt.Errorf("the cache lifetime %q is not known: 5m, 1h, 1m or none", o.CacheTTL)
	}
	switch o.By {
	case NoKey, ByModel, ByClass, ByUser, ByAccount, BySession:
		return nil
	}
	return fmt.Errorf("%q is nothing to group by: model, class, user, account or session", string(o.By))
}

// Collect reads r to its end and measures it. Rows must come in order of time.
func Collect(r trace.Reader, opt Options) (*Stats, error) {
	if err := opt.Check(); err != nil {
		return nil, err
	}
	if opt.Burndown == 0 {
		opt.Burndown = 1
	}
	c := &collection{opt: opt, info: r.Info(), prefix: newPrefixes()}
	c.origin = clockOrigin(c.info)
	c.whole = newCollector(&c.opt, c.origin)
	block := make([]trace.Request, 1024)
	for {
		n, err := r.Read(block)
		if errors.Is(err, io.EOF) {
			return c.result(r), nil
		}
		if err != nil {
			return nil, err
		}
		for i := range block[:n] {
			if err := c.add(&block[i]); err != nil {
				return nil, err
			}
		}
	}
}

// clockOrigin is the UTC time of day, in microseconds, of the trace's time 0;
// an undated trace begins at midnight, as a scenario's default start does.
func clockOrigin(info *trace.Info) unit.Time {
	if !info.Dated {
		return 0
	}
	const day = int64(unit.Day)
	return unit.Time(((info.Start.UnixMicro() % day) + day) % day)
}

// collection is the whole trace and its groups while it is read.
type collection struct {
	opt    Options
	info   *trace.Info
	origin unit.Time
	prefix *prefixes
	whole  *collector
	groups []*group
	index  map[uint64]*group
	last   unit.Time
}

type group struct {
	name string
	*collector
}

func (c *collection) add(r *trace.Request) error {
	if c.whole.n > 0 && r.At < c.last {
		return fmt.Errorf("request %d is earlier than the one before it", c.whole.n+1)
	}
	c.last = r.At
	hits := c.prefix.hits(r, c.info.BlockScope, c.info.BlockTokens)
	c.whole.add(r, hits)
	if c.opt.By == NoKey {
		return nil
	}
	g, err := c.group(r)
	if err == nil {
		g.add(r, hits)
	}
	return err
}

// group finds or begins the request's group.
func (c *collection) group(r *trace.Request) (*group, error) {
	key := r.Session
	switch c.opt.By {
	case ByModel:
		key = uint64(r.Model)
	case ByClass:
		key = uint64(r.Class)
	case ByUser:
		key = uint64(r.User)
	case ByAccount:
		key = uint64(r.Account)
	case BySession:
		if len(r.SessionID) == 0 {
			key = 0
		}
	}
	if g, ok := c.index[key]; ok {
		return g, nil
	}
	if len(c.groups) >= MaxGroups {
		return nil, fmt.Errorf("the trace has more than %d groups by %s, too many to tell apart", MaxGroups, c.opt.By)
	}
	if c.index == nil {
		c.index = map[uint64]*group{}
	}
	g := &group{name: c.name(r), collector: newCollector(&c.opt, c.origin)}
	c.index[key] = g
	c.groups = append(c.groups, g)
	return g, nil
}

// name of the request's group; empty where the trace gives none.
func (c *collection) name(r *trace.Request) string {
	switch names := c.info.Names; c.opt.By {
	case ByModel:
		return names.Models.Text(r.Model)
	case ByClass:
		return names.Classes.Text(r.Class)
	case ByUser:
		return names.Users.Text(r.User)
	case ByAccount:
		return names.Accounts.Text(r.Account)
	}
	return string(r.SessionID)
}

func (c *collection) result(r trace.Reader) *Stats {
	s := &Stats{Notes: append([]string{}, r.Info().Notes...), Schema: Schema, Figures: c.whole.figures(c.prefix.data), By: string(c.opt.By)}
	if told, ok := r.(trace.Summarizer); ok {
		s.Skipped = told.Summary().Skipped
	}
	for _, g := range c.groups {
		s.Groups = append(s.Groups, Group{Name: g.name, Figures: g.figures(c.prefix.data)})
	}
	return s
}

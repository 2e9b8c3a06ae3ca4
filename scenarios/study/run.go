package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/unit"
)

// Options of a run.
type Options struct {
	Files []ingest.File // what trace.file names, opened by the caller
	// Progress is told of requests as a step has simulated them, by several goroutines
	// at once; may be nil.
	Progress func(requests int64)
	Workers  int // engines that run at once; 0 = one a processor
	// Precision ends replications when the 95 % intervals of cost and of what is
	// served are within this fraction of their means; 0 = all that the plan asks.
	Precision float64

	shelf *shelf // arrivals that several runs of a study share
	// watch is told of every step's admitted calls; nil = nobody watches.
	watch func(step int, c *scenarios.Compiled, a sim.Admission)
}

// Run simulates every step of a plan over the same arrivals.
func Run(ctx context.Context, plan *scenarios.Plan, opt Options) (*result.Run, error) {
	t, err := replications(ctx, plan, opt)
	if err != nil {
		return nil, err
	}
	return t.run(), nil
}

// replicationSeed is the seed of replication i: the scenario's own for the
// first, a hash of both for the others.
func replicationSeed(seed uint64, i int) uint64 {
	if i == 0 {
		return seed
	}
	return unit.HashString(fmt.Sprintf("%d replication %d", seed, i))
}

// replication is one pass of all steps over the arrivals.
type replication struct {
	tally    tally
	info     *trace.Info
	start    time.Time
	horizon  unit.Time
	steps    []*sim.Result
	compiled []*scenarios.Compiled
	random   bool
}

// Broken is a run whose own books do not balance: a bug of the program, not a
// mistake of its input.
type Broken struct{ Err error }

func (b *Broken) Error() string { return b.Err.Error() }
func (b *Broken) Unwrap() error { return b.Err }

// names is what is known of the trace's names before a pass; where the pass
// meets more, it begins anew with all of them.
type names struct{ models, classes []string }

var errMoreNames = errors.New("the trace has more names")

func replicate(ctx context.Context, plan *scenarios.Plan, opt Options, seed uint64) (*replication, error) {
	f := &traffic{spec: plan.Base, files: opt.Files, seed: seed}
	var seen *survey
	known := names{models: []string{""}, classes: []string{""}}
	for {
		p, err := newPass(ctx, plan, opt, f, seen, known)
		if err == nil {
			err = p.run()
			p.close()
		}
		if !errors.Is(err, errMoreNames) {
			if err != nil {
				return nil, err
			}
			return p.done()
		}
		if seen, err = opt.look(f, plan); err != nil {
			return nil, err
		}
		known = names{seen.models, seen.classes}
	}
}

func wantsOutputs(plan *scenarios.Plan) bool {
	return slices.ContainsFunc(plan.Steps, func(s *scenarios.Step) bool { return s.Spec.Client.MaxQuantile.Num > 0 })
}

// pass is one reading of the arrivals with an engine for every step.
type pass struct {
	ctx      context.Context
	plan     *scenarios.Plan
	opt      Options
	reader   trace.Reader // nil where the arrivals are in memory
	kept     *trace.Tape  // nil where they are not
	rep      *replication
	known    names
	survey   *survey
	engines  []*sim.Engine
	last     unit.Time
	offered  int64
	replayed bool
}

// newPass opens the arrivals and compiles every step for them.
func newPass(ctx context.Context, plan *scenarios.Plan, opt Options, f *traffic, seen *survey, known names) (*pass, error) {
	rep := &replication{}
	p := &pass{ctx: ctx, plan: plan, opt: opt, rep: rep, survey: seen, replayed: len(plan.Base.Traffic) == 0}
	if err := p.open(f); err != nil {
		return nil, err
	}
	rep.start = f.start(rep.info)
	p.known = p.merge(known)
	if seen == nil && slices.ContainsFunc(plan.Steps, func(s *scenarios.Step) bool { return needsSurvey(s.Spec, rep.info) }) {
		p.close()
		return p, errMoreNames
	}
	if err := p.compile(f.seed); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// open starts the arrivals, from memory where they are there.
func (p *pass) open(f *traffic) error {
	m, err := p.opt.remembered(f)
	if err != nil {
		return err
	}
	if m != nil {
		p.kept, p.rep.info, p.rep.tally = m.tape, m.info, m.tally
		return nil
	}
	r, err := f.open(&p.rep.tally)
	if err != nil {
		return err
	}
	if p.survey == nil {
		r = lookAhead(r)
	}
	p.reader, p.rep.info = r, r.Info()
	return nil
}

// info is what is known of the arrivals so far.
func (p *pass) info() *trace.Info {
	if p.reader == nil {
		return p.rep.info
	}
	return p.reader.Info()
}

func (p *pass) close() {
	if p.reader != nil {
		closeReader(p.reader)
	}
}

// merge adds the names that the reader knows already.
func (p *pass) merge(known names) names {
	own := p.info().Names
	if own.Models.Len() > len(known.models) {
		known.models = texts(&own.Models)
	}
	if own.Classes.Len() > len(known.classes) {
		known.classes = texts(&own.Classes)
	}
	return known
}

// horizon is the scenario's, the default, or unit.Never where only the end of
// the arrivals will tell.
func (p *pass) horizon() unit.Time {
	switch {
	case p.plan.Base.Horizon > 0:
		return p.plan.Base.Horizon
	case !p.replayed:
		return defaultSynthesis
	case p.survey != nil:
		return horizonOf(p.survey.last)
	}
	return unit.Never
}

func (p *pass) compile(seed uint64) error {
	horizon := p.horizon()
	span := horizon
	if span == unit.Never {
		span = unit.Day
	}
	t := &scenarios.Traffic{Info: p.rep.info, Start: p.rep.start, Horizon: horizon, Span: span, Models: p.known.models, Classes: p.known.classes, Seed: seed}
	for i, s := range p.plan.Steps {
		if q := s.Spec.Client.MaxQuantile; q.Num > 0 {
			t.RightSize = p.survey.rightSize(q)
		} else {
			t.RightSize = nil
		}
		c, err := s.Spec.Compile(p.plan.Catalog, t)
		if err != nil {
			return fmt.Errorf("step %q: %w", s.Name, err)
		}
		if len(c.Unknown) > 0 {
			return p.unknown(c)
		}
		if p.opt.watch != nil {
			c.Config.Observe = func(a sim.Admission) { p.opt.watch(i, c, a) }
		}
		e := sim.New(c.Config)
		e.Bind(c.ModelOf, c.ClassOf)
		p.rep.compiled = append(p.rep.compiled, c)
		p.engines = append(p.engines, e)
	}
	return nil
}

// unknown lists all names nobody knows, of the whole trace.
func (p *pass) unknown(c *scenarios.Compiled) error {
	if p.survey == nil {
		return errMoreNames
	}
	alias := "ALIAS"
	if len(c.Config.Models) > 0 {
		alias = c.Config.Models[0].Alias
	}
	return p.survey.unknownNames(c.Unknown, alias, p.plan.Catalog.Suggest)
}

// run feeds the arrivals to every engine.
func (p *pass) run() error {
	tape, err := p.tape()
	if err != nil {
		return err
	}
	if tape != nil {
		return p.play(tape)
	}
	return p.stream()
}

// tape records the arrivals where a step's sessions wait for their answers.
func (p *pass) tape() (*trace.Tape, error) {
	tape := p.kept
	if tape == nil {
		if !slices.ContainsFunc(p.rep.compiled, func(c *scenarios.Compiled) bool { return c.Config.Client.Closed }) {
			return nil, nil
		}
		var err error
		if tape, err = trace.Record(p.reader); err != nil {
			return nil, err
		}
	}
	p.last, p.offered = tape.End(), int64(tape.Len())
	return tape, p.checkNames()
}

// room is how many blocks are in memory where several workers share a pass.
const room = 4

// stream feeds blocks of arrivals as they are read. Nothing is read ahead where
// an engine looks at what a reader hands out until its next Read only.
func (p *pass) stream() error {
	blocks := make([][]trace.Request, room)
	inTurn := slices.ContainsFunc(p.rep.compiled, func(c *scenarios.Compiled) bool { return c.Config.Cache.BlockScope != trace.NoBlocks })
	if inTurn || p.workers() == 1 {
		blocks = blocks[:1]
	}
	var number trace.Numberer
	return p.feed(len(blocks), func(slot int) arrivals {
		if blocks[slot] == nil {
			blocks[slot] = make([]trace.Request, blockRows)
		}
		return p.read(blocks[slot], &number)
	})
}

// play feeds the rows of a tape, on which clients in a closed loop look ahead.
// Engines stay near to each other, so that what they look at is in the caches.
func (p *pass) play(tape *trace.Tape) error {
	for i, e := range p.engines {
		if p.rep.compiled[i].Config.Client.Closed {
			e.Load(tape)
		}
	}
	rest := slices.Collect(tape.Blocks())
	return p.feed(room, func(int) arrivals {
		if err := p.ctx.Err(); err != nil || len(rest) == 0 {
			return arrivals{err: cmp.Or(err, io.EOF)}
		}
		rows := rest[0]
		rest = rest[1:]
		return arrivals{rows: rows}
	})
}

// feed feeds every engine with what read yields, which has room for some blocks.
func (p *pass) feed(room int, read func(slot int) arrivals) error {
	f := newFeeder(p.engines, room)
	f.read = read
	f.fed = func(rows int) { p.told(int64(rows) * int64(len(p.engines))) }
	return cmp.Or(f.run(p.workers()), p.ctx.Err())
}

func (p *pass) workers() int {
	if p.opt.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return p.opt.Workers
}

// read reads the next block.
func (p *pass) read(block []trace.Request, number *trace.Numberer) arrivals {
	n, err := p.reader.Read(block)
	if err == nil {
		err = errors.Join(p.ctx.Err(), p.checkNames())
	}
	if err != nil {
		return arrivals{err: err}
	}
	number.Number(block[:n])
	p.last, p.offered = block[n-1].At, p.offered+int64(n)
	return arrivals{rows: block[:n]}
}

func (p *pass) told(n int64) {
	if p.opt.Progress != nil {
		p.opt.Progress(n)
	}
}

// checkNames asks for another pass where the trace has names that the engines
// were not made for.
func (p *pass) checkNames() error {
	own := p.info().Names
	if own.Models.Len() > len(p.known.models) || own.Classes.Len() > len(p.known.classes) {
		return errMoreNames
	}
	return nil
}

// done ends the engines and collects what they counted.
func (p *pass) done() (*replication, error) {
	rep := p.rep
	if p.offered == 0 {
		return nil, errors.New("the trace has no requests")
	}
	if rep.horizon = p.horizon(); rep.horizon == unit.Never {
		rep.horizon = horizonOf(p.last)
	}
	rep.steps = make([]*sim.Result, len(p.engines))
	err := each(p.ctx, p.opt.Workers, len(p.engines), func(_ context.Context, i int) (err error) {
		if rep.steps[i], err = p.engines[i].Finish(rep.horizon); err != nil {
			return &Broken{fmt.Errorf("step %q: %w", p.plan.Steps[i].Name, err)}
		}
		return nil
	})
	rep.random = !p.replayed || slices.ContainsFunc(rep.steps, func(r *sim.Result) bool { return r != nil && r.Random })
	return rep, err
}

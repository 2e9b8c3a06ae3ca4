package synth

import (
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// sizes estimates lengths and sessions.
func (o *observed) sizes(w *Workload, info *trace.Info, say func(string, ...any)) error {
	w.Output = o.output.fitted(1)
	w.Prompt = o.prompt.fitted(1)
	if o.partial {
		w.Prompt = o.input.fitted(1)
		say("its blocks cover only the front of its prompts: its calls stand alone")
	}
	if o.kept.n > 0 && o.kept.quantile(0.5) >= 1 {
		w.SharedPrompt = int64(round(min(o.kept.quantile(0.5), max(o.prompt.quantile(0.25), 1))))
	}
	if o.inferred && !o.partial {
		say("its sessions are inferred: a prompt that repeats half of another's blocks continues it")
	}
	if info.BlockScope == trace.TraceScope && w.SharedPrompt > 0 {
		w.Reuse = ReuseSystem
		if o.steps > 0 && !o.partial {
			w.Reuse = ReuseBoth
		}
	}
	if o.steps == 0 || o.partial {
		return nil
	}
	w.Turns = o.lengths()
	w.Think = o.gap.fitted(float64(unit.Second))
	w.History = Total
	w.Growth = o.growth.fitted(1)
	w.Rebuild = round(float64(o.rebuilt) / float64(o.steps))
	w.Compaction = o.compaction()
	if w.Compaction.Share > 0 {
		if err := o.limit(w); err != nil {
			return err
		}
	}
	say("gaps within its sessions are measured from start to start")
	if o.told < o.steps {
		say("the trace does not tell what %.3g %% of its later prompts repeat; the whole last prompt is assumed", 100*float64(o.steps-o.told)/float64(o.steps))
	}
	return nil
}

// compaction is at a length where it is long prompts of about one length that
// shrink, with the median of the far longer ones as the limit of sessions that
// begin above it, and at random otherwise.
func (o *observed) compaction() Compaction {
	switch {
	case o.shrunk == 0:
		return Compaction{}
	case o.shrunk >= 10 && o.before.quantile(0.25) > o.input.quantile(0.5) && o.before.quantile(0.75) < 1.5*o.before.quantile(0.25):
		above := o.before.quantile(0.5)
		far := (1 + o.before.below(1.5*above)) / 2
		return Compaction{Above: int64(above), Top: int64(o.before.quantile(far)), Ratio: o.ratio.fitted(1000)}
	}
	return Compaction{Share: round(float64(o.shrunk) / float64(o.steps)), Ratio: o.ratio.fitted(1000)}
}

// tooLong is the mean prompt over the trace's above which prompts need a limit.
const tooLong = 1.1

// limit sets the length above which prompts are compacted, where compaction at
// random makes them longer than they are: long prompts shrink more often than
// short ones. It is found by synthesis.
func (o *observed) limit(w *Workload) error {
	target := tooLong * o.input.mean()
	mean, err := w.meanPrompt()
	if err != nil || mean <= target {
		return err
	}
	low, high := o.input.quantile(0.5), o.input.high
	w.Compaction.Top = int64(high)
	for range 8 {
		mid := math.Sqrt(low * high)
		w.Compaction.Above = int64(mid)
		if mean, err = w.meanPrompt(); err != nil {
			return err
		}
		if mean > o.input.mean() {
			high = mid
		} else {
			low = mid
		}
	}
	return nil
}

// meanPrompt is the mean prompt of 20,000 calls or so.
func (w *Workload) meanPrompt() (float64, error) {
	v := *w
	v.Rate, v.Arrivals, v.Profile, v.Think = 1, Arrivals{}, Profile{}, Const(1)
	r, err := New([]Workload{v}, time.Time{}, 20_000*unit.Second, 1)
	if err != nil {
		return 0, err
	}
	block := make([]trace.Request, 1024)
	sum, calls := 0.0, 0
	for {
		n, err := r.Read(block)
		if errors.Is(err, io.EOF) {
			return sum / float64(max(calls, 1)), nil
		}
		if err != nil {
			return 0, err
		}
		for i := range block[:n] {
			sum += float64(block[i].Input)
		}
		calls += n
	}
}

// groups bounds the points of a table of session lengths.
const groups = 40

// lengths is the distribution of calls per session: exact up to ten calls, and
// above by groups of equal number at their mean, so that the mean is kept.
func (o *observed) lengths() Dist {
	var list []int64
	for _, s := range o.sessions {
		list = append(list, s.calls)
	}
	for range o.begun - int64(len(o.sessions)) {
		list = append(list, 1)
	}
	slices.Sort(list)
	d := Dist{Kind: Table}
	short, _ := slices.BinarySearch(list, 11)
	for _, calls := range list[:short] {
		d.point(float64(calls), 1)
	}
	long := list[short:]
	for g := range groups {
		part := long[g*len(long)/groups : (g+1)*len(long)/groups]
		if len(part) == 0 {
			continue
		}
		sum := 0.0
		for _, calls := range part {
			sum += float64(calls)
		}
		d.point(math.Round(sum/float64(len(part))), float64(len(part)))
	}
	return d
}

// point adds weight to the value x, which is not below the last.
func (d *Dist) point(x, weight float64) {
	if n := len(d.X); n > 0 && d.X[n-1] == x {
		d.P[n-1] += weight
		return
	}
	d.X, d.P = append(d.X, x), append(d.P, weight)
}

package synth

import (
	"math"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// sizes estimates lengths and sessions.
func (o *observed) sizes(w *Workload, info *trace.Info, say func(string, ...any)) {
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
		return
	}
	w.Turns = o.lengths()
	w.Think = o.gap.fitted(float64(unit.Second))
	w.History = Total
	w.Growth = o.growth.fitted(1)
	w.Rebuild = round(float64(o.rebuilt) / float64(o.steps))
	w.Compaction = o.compaction()
	say("gaps within its sessions are measured from start to start")
	if o.told < o.steps {
		say("the trace does not tell what %.3g %% of its later prompts repeat; the whole last prompt is assumed", 100*float64(o.steps-o.told)/float64(o.steps))
	}
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

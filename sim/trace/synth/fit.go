package synth

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Fit estimates workloads from a trace, one a class in order of first
// appearance; rows without a class are the class name. Calls that failed are
// left out. The notes say what had to be assumed.
//
// What is kept: rate, users, CV, the shape of day and week where the trace is
// long enough, lengths of prompts and answers, and of sessions the number and
// gaps of calls, how prompts grow and shrink, and what they repeat. What is
// not: any dependence between these, and which class causes which.
func Fit(r trace.Reader, name string) (workloads []Workload, notes []string, err error) {
	f := fitting{name: name, classes: map[int32]*observed{}}
	if err := f.read(r); err != nil {
		return nil, nil, err
	}
	if len(f.order) == 0 {
		return nil, nil, errors.New("the trace has no calls that succeeded: there is nothing to estimate")
	}
	for _, o := range f.order {
		w, said, err := o.workload(r.Info(), f.span)
		if err != nil {
			return nil, nil, err
		}
		workloads = append(workloads, w)
		for _, n := range said {
			notes = append(notes, fmt.Sprintf("class %q: %s", w.Class, n))
		}
	}
	if f.failed > 0 {
		notes = append(notes, fmt.Sprintf("%d failed calls are left out", f.failed))
	}
	return workloads, append(notes, "lengths of prompts, answers and gaps are drawn independently of each other"), nil
}

// maxFitted bounds the classes of a trace.
const maxFitted = 200

type fitting struct {
	name    string
	classes map[int32]*observed
	order   []*observed
	span    unit.Time
	failed  int64
}

func (f *fitting) read(r trace.Reader) error {
	block := make([]trace.Request, 1024)
	info := r.Info()
	local := weekClock(info)
	for {
		n, err := r.Read(block)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range block[:n] {
			q := &block[i]
			if q.Failed() {
				f.failed++
				continue
			}
			o := f.classes[q.Class]
			if o == nil {
				if len(f.order) == maxFitted {
					return fmt.Errorf("the trace has more than %d classes", maxFitted)
				}
				o = newObserved(f.className(info.Names.Classes.Text(q.Class)))
				f.classes[q.Class] = o
				f.order = append(f.order, o)
			}
			f.span = q.At
			o.add(q, info, local(q.At))
		}
	}
}

// className is the class's name, or the given one where that is empty; a name
// that is taken gets a number.
func (f *fitting) className(text string) string {
	if text == "" {
		text = f.name
	}
	base := text
	for n := 2; slices.ContainsFunc(f.order, func(o *observed) bool { return o.name == text }); n++ {
		text = fmt.Sprintf("%s-%d", base, n)
	}
	return text
}

// weekClock tells the hour of the UTC week; an undated trace begins on a Monday
// at 0:00, as a replay of it does.
func weekClock(info *trace.Info) func(unit.Time) int {
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	if info.Dated {
		start = info.Start
	}
	c := newClock(&Profile{}, start)
	return func(at unit.Time) int {
		return int(math.Mod(float64(at)+c.phase, week) / float64(unit.Hour))
	}
}

// workload is the estimate of one class; span is that of the whole trace.
func (o *observed) workload(info *trace.Info, span unit.Time) (w Workload, notes []string, err error) {
	say := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	w = Workload{Class: o.name}
	o.who(&w, info.Names, say)
	o.when(&w, info, span, say)
	if err := errors.Join(o.sizes(&w, info, say), Check([]Workload{w}, unit.Day)); err != nil {
		return w, nil, fmt.Errorf("the trace's values give no workload: %w", err)
	}
	return w, notes, nil
}

// who estimates users, models and max_tokens.
func (o *observed) who(w *Workload, names *trace.Names, say func(string, ...any)) {
	named := o.calls - o.users[0]
	top := int64(0)
	for id, n := range o.users {
		if id != 0 {
			w.Users++
			top = max(top, n)
		}
	}
	if w.Users > MaxUsers {
		say("it has %d users; %d are kept", w.Users, int64(MaxUsers))
		w.Users = MaxUsers
	}
	if share := float64(top) / float64(max(named, 1)); w.Users > 1 && share > 1.5/float64(w.Users) {
		w.Skew = zipfExponent(w.Users, share)
		say("skew %g gives the busiest user their share of %.3g %%", w.Skew, share*100)
	}
	for id := range int32(names.Models.Len()) {
		if n := o.models[id]; n > 0 {
			w.Models = append(w.Models, Share{names.Models.Text(id), round(float64(n) / float64(o.calls))})
		}
	}
	if len(o.models) > 1 || o.models[0] == 0 {
		say("models are the trace's names: write the scenario's aliases in their place, or name the aliases so")
	}
	if len(w.Models) == 1 {
		w.Model, w.Models = w.Models[0].Model, nil
	}
	slices.SortStableFunc(w.Models, func(a, b Share) int { return cmp.Compare(b.Weight, a.Weight) })
	o.maxTokens(w, say)
}

func (o *observed) maxTokens(w *Workload, say func(string, ...any)) {
	best, most := trace.MaxUnknown, int64(0)
	for value, n := range o.max {
		if n > most || n == most && value > best {
			best, most = value, n
		}
	}
	switch {
	case best == trace.MaxUnset:
		w.MaxTokens = -1
	case best > 0:
		w.MaxTokens = best
	}
	if most < o.calls {
		say("%.3g %% of its calls have max_tokens of %d; that is taken for all", 100*float64(most)/float64(o.calls), best)
	}
}

// zipfExponent is the exponent at which user 1 of n has this share.
func zipfExponent(n int64, share float64) float64 {
	low, high := 0.0, 10.0
	for range 40 {
		mid := (low + high) / 2
		sum := 0.0
		for k := range n {
			sum += math.Pow(float64(k+1), -mid)
		}
		if 1/sum < share {
			low = mid
		} else {
			high = mid
		}
	}
	return round(low)
}

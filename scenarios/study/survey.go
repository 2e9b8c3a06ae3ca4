package study

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"quotawall/scenarios"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// survey is what one pass over the arrivals finds out before they are
// simulated: their names, their span and, where asked, their outputs.
type survey struct {
	models, classes []string
	uses            []use // of the models
	last            unit.Time
	outputs         map[string]map[int64]int64 // class -> output tokens -> requests
}

// use is how often the arrivals name a model, and when first.
type use struct {
	requests int64
	first    unit.Time
}

// look reads the arrivals to their end.
func (f *traffic) look(outputs bool) (*survey, error) {
	r, err := f.open(nil)
	if err != nil {
		return nil, err
	}
	defer closeReader(r)
	s := &survey{outputs: map[string]map[int64]int64{}}
	block := make([]trace.Request, blockRows)
	for {
		n, err := r.Read(block)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		s.last = block[n-1].At
		s.use(block[:n])
		if outputs {
			s.add(block[:n], r.Info().Names)
		}
	}
	s.models, s.classes = texts(&r.Info().Names.Models), texts(&r.Info().Names.Classes)
	return s, nil
}

// use counts the models of requests that are in order of time.
func (s *survey) use(block []trace.Request) {
	for i := range block {
		model := int(block[i].Model)
		if model >= len(s.uses) {
			s.uses = append(s.uses, make([]use, model+1-len(s.uses))...)
		}
		u := &s.uses[model]
		if u.requests == 0 {
			u.first = block[i].At
		}
		u.requests++
	}
}

func (s *survey) add(block []trace.Request, names *trace.Names) {
	for i := range block {
		class := names.Classes.Text(block[i].Class)
		if s.outputs[class] == nil {
			s.outputs[class] = map[int64]int64{}
		}
		s.outputs[class][block[i].Output]++
	}
}

func texts(t *trace.Table) []string {
	out := make([]string, t.Len())
	for i := range out {
		out[i] = t.Text(int32(i))
	}
	return out
}

// rightSize is the quantile of each class's real output, nearest rank.
func (s *survey) rightSize(q unit.Ratio) map[string]int64 {
	out := map[string]int64{}
	for class, counts := range s.outputs {
		var sizes []int64
		var total int64
		for size, n := range counts {
			sizes = append(sizes, size)
			total += n
		}
		slices.Sort(sizes)
		rank, rest := q.Split(total)
		if rest > 0 {
			rank++
		}
		for _, size := range sizes {
			if rank -= counts[size]; rank <= 0 {
				out[class] = max(1, size)
				break
			}
		}
	}
	return out
}

// needsSurvey reports whether a step must know the arrivals before they begin.
func needsSurvey(spec *scenarios.Spec, info *trace.Info) bool {
	return spec.Client.MaxQuantile.Num > 0 || spec.PricedByTraffic || spec.Closed(info) || !spec.Drain && spec.Horizon == 0
}

// mostUnknown bounds the unknown names that an error lists.
const mostUnknown = 18

// unknownNames is the error of model names in a trace that nobody knows; alias
// is one that they can be mapped to.
func (s *survey) unknownNames(names []string, alias string, suggest func(string) string) error {
	text := fmt.Sprintf("the trace has %d model names that are neither aliases nor in the catalog:", len(names))
	if len(names) == 1 {
		text = "the trace has a model name that is neither an alias nor in the catalog:"
	}
	for i, name := range names {
		if i == mostUnknown {
			text += fmt.Sprintf("\n  and %d more", len(names)-i)
			break
		}
		text += fmt.Sprintf("\n  %.200q: %s", name, s.usage(name))
		if near := suggest(name); near != "" {
			text += fmt.Sprintf(" (did you mean %q?)", near)
		}
	}
	return errors.New(text + fmt.Sprintf("\n  map each to an alias, or in [trace.models] of the scenario: %s", scenarios.SetFlag(alias, "trace", "models", names[0])))
}

// usage tells how often the arrivals name a model.
func (s *survey) usage(name string) string {
	i := slices.Index(s.models, name)
	switch {
	case i < 0 || i >= len(s.uses) || s.uses[i].requests == 0:
		return "only in calls that are left out"
	case s.uses[i].requests == 1:
		return fmt.Sprintf("1 request, at %s from the start", s.uses[i].first)
	}
	return fmt.Sprintf("%d requests, the first at %s from the start", s.uses[i].requests, s.uses[i].first)
}

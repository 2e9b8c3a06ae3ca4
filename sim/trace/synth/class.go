package synth

import (
	"math/rand/v2"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// class is a workload compiled to what a call needs.
type class struct {
	name       string
	id         int32 // interned
	key        uint64
	models     []int32
	cumulative []float64 // shares of models, summed up; nil for one model
	turns      sampler
	steps      sampler
	think      sampler
	stepGap    sampler
	prompt     sampler
	growth     sampler
	output     sampler
	to, ratio  sampler
	delay      sampler
	max        int64
	shared     int64
	reuse      Reuse
	history    History
	rebuild    float64
	compaction Compaction
	service    Service
	system     []uint64 // block ids of the shared prompt
	after      After
	every      int64
}

// blocks is the number of prefix blocks of the shared prompt that the class
// writes; 0 where it writes none.
func (w *Workload) blocks() int64 {
	if w.reuse() == ReuseSession {
		return 0
	}
	return max(w.SharedPrompt/BlockTokens, 1)
}

// reuse is the class's reuse with its default.
func (w *Workload) reuse() Reuse {
	switch {
	case w.Reuse != "":
		return w.Reuse
	case w.SharedPrompt >= BlockTokens && w.Turns.one() && w.Steps.one() && !w.After.Whole:
		return ReuseSystem
	}
	return ReuseSession
}

func newClass(s *synthesis, w *Workload) *class {
	names := s.info.Names
	c := &class{
		name: w.Class, id: names.Classes.InternString(w.Class), key: unit.HashString(w.Class),
		turns: w.Turns.sampler(), steps: w.Steps.sampler(), think: w.Think.sampler(), stepGap: w.StepGap.sampler(),
		prompt: w.Prompt.sampler(), growth: w.Growth.sampler(), output: w.Output.sampler(),
		to: w.Compaction.To.sampler(), ratio: w.Compaction.Ratio.sampler(), delay: w.After.Delay.sampler(),
		shared: w.SharedPrompt, reuse: w.reuse(), history: w.History, rebuild: w.Rebuild,
		compaction: w.Compaction, service: w.Service, after: w.After, every: max(1, w.After.Every),
	}
	switch c.max = w.MaxTokens; c.max {
	case 0:
		c.max = trace.MaxUnknown
	case -1:
		c.max = trace.MaxUnset
	}
	c.models = []int32{names.Models.InternString(w.Model)}
	if len(w.Models) > 0 {
		c.models = c.models[:0]
		sum := 0.0
		for _, m := range w.Models {
			sum += m.Weight
			c.models = append(c.models, names.Models.InternString(m.Model))
			c.cumulative = append(c.cumulative, sum)
		}
	}
	if c.reuse != ReuseSession {
		for i := range w.SharedPrompt / BlockTokens {
			c.system = append(c.system, c.key+uint64(i))
		}
	}
	return c
}

// model is the alias of the session or call with this hash.
func (c *class) model(hash uint64) int32 {
	if c.cumulative == nil {
		return c.models[0]
	}
	u := fraction(scramble(hash)) * c.cumulative[len(c.cumulative)-1]
	for i, sum := range c.cumulative {
		if u < sum {
			return c.models[i]
		}
	}
	return c.models[len(c.models)-1]
}

// scramble is the finalizer of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
func scramble(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// answered is the service time that open-loop arrivals assume.
func (c *class) answered(output int64) unit.Time {
	return c.service.FirstToken + unit.Time(output)*c.service.PerToken
}

// seconds is one draw of a length of time.
func (s *sampler) seconds(r *rand.Rand) unit.Time {
	return unit.Time(s.draw(r) * float64(unit.Second))
}

// call fills what all calls of a class have in common.
func (c *class) call(r *trace.Request, at unit.Time) {
	*r = trace.Request{
		At: at, Max: c.max, Duration: trace.Unknown, Class: c.id,
		CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown,
	}
}

// prefix is the block ids of a prompt: the shared part's, which all sessions of
// the class have, and with ReuseBoth those of the session's own history in its
// present form.
func (c *class) prefix(s *synthesis, session, epoch uint64, input int64) []uint64 {
	whole := int(input / BlockTokens)
	switch {
	case c.reuse == ReuseSession:
		return nil
	case c.reuse == ReuseSystem || whole <= len(c.system):
		return c.system[:min(whole, len(c.system))]
	}
	from := len(s.blocks)
	s.blocks = append(s.blocks, c.system...)
	base := scramble(session ^ epoch*0x9e3779b97f4a7c15)
	for i := len(c.system); i < whole; i++ {
		s.blocks = append(s.blocks, base+uint64(i))
	}
	return s.blocks[from:len(s.blocks):len(s.blocks)]
}

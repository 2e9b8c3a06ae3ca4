package sim

import (
	"math"
	"math/bits"
)

// chainMax bounds the models one attempt asks: endpoint, routed, own and fallbacks.
const chainMax = 8

// chain is the models that a request asks, in order.
type chain struct {
	models [chainMax]int16
	length int8
}

// append adds a model unless it is there, or the chain is full.
func (h *chain) append(model int32) {
	for _, m := range h.models[:h.length] {
		if int32(m) == model {
			return
		}
	}
	if h.length < chainMax {
		h.models[h.length] = int16(model)
		h.length++
	}
}

// asks is the model that a call asks now.
func (c *call) asks() int32 { return int32(c.chain.models[c.at]) }

// plans holds the chains of prompts that are short enough for all their models,
// worked out when first asked for.
type plans []prepared

type prepared struct {
	chain   chain
	longest int64 // prompt that every model of the chain takes
}

func newPlans(models int) plans { return make(plans, 2*models*models) }

// of is the chain of requests for a model whose first candidate, after the
// endpoint where they are hosted there, is first.
func (p plans) of(e *Engine, hosted bool, own, first int32) *prepared {
	n := len(e.cfg.Models)
	i := int(own)*n + int(first)
	if hosted {
		i += n * n
	}
	if p[i].chain.length == 0 {
		p[i] = e.prepare(hosted, own, first)
	}
	return &p[i]
}

func (e *Engine) prepare(hosted bool, own, first int32) prepared {
	p := prepared{longest: math.MaxInt64}
	add := func(model int32) {
		p.chain.append(model)
		p.longest = min(p.longest, e.cfg.Models[model].longest(own))
	}
	if hosted {
		add(e.cfg.Endpoint.Model)
	}
	add(first)
	for _, m := range e.cfg.Routing.Fallback {
		if e.mayFall(own, m) {
			add(m)
		}
	}
	return p
}

// longest is a prompt, in tokens of rows written for an alias, up to which all
// prompts fit the model's context.
func (m *Model) longest(from int32) int64 {
	if m.Context == 0 {
		return math.MaxInt64
	}
	if m.TokensFrom == nil || m.TokensFrom[from].Num <= 0 {
		return m.Context
	}
	s := m.TokensFrom[from]
	hi, lo := bits.Mul64(uint64(m.Context), uint64(s.Den))
	if hi >= uint64(s.Num) {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, uint64(s.Num))
	return int64(min(q, math.MaxInt64))
}

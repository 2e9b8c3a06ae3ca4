package study

import "quotawall/scenarios/result"

// saved is what capacity of a size would have cost on demand a month at a
// multiple of the traffic: every minute draws that much more, and what does not
// fit into the minute goes on demand.
func (c *comparison) saved(load float64, inputTPM, outputTPM int64) float64 {
	var in, out float64
	for _, m := range c.draw.minutes {
		in += min(load*float64(m.paid), float64(inputTPM))
		out += min(load*float64(m.output), float64(outputTPM))
	}
	return c.monthly((in*c.out.OnDemand.InputUSD + out*c.out.OnDemand.OutputUSD) / 1e6)
}

// highestLoad bounds the multiples of the traffic that are looked at.
const highestLoad = 10_000

// loadToPay is the multiple of the traffic from which a size is worth its fee;
// nil where none is, since minutes without traffic stay empty.
func (c *comparison) loadToPay(inputTPM, outputTPM int64, fee float64) *float64 {
	low, high := 0.0, float64(highestLoad)
	if c.saved(high, inputTPM, outputTPM) < fee {
		return nil
	}
	for range 60 {
		if middle := (low + high) / 2; c.saved(middle, inputTPM, outputTPM) < fee {
			low = middle
		} else {
			high = middle
		}
	}
	return &high
}

// loads is the Reserved tier at the sizes that were chosen, by load: up to twice
// the load from which a term pays, at least four times the traffic.
func (c *comparison) loads() []result.LoadPoint {
	if len(c.sizes) == 0 {
		return nil
	}
	most := 4.0
	for _, x := range c.sizes {
		if pays := c.loadToPay(x.input, x.output, x.fee); pays != nil {
			most = max(most, min(2**pays, 100))
		}
	}
	const steps = 40
	out := make([]result.LoadPoint, steps+1)
	for i := range out {
		p := &out[i]
		p.Load = most * float64(i) / steps
		p.OnDemandUSD = c.base.Cost.MonthUSD * p.Load
		for _, x := range c.sizes {
			cost := p.OnDemandUSD - c.saved(p.Load, x.input, x.output) + x.fee
			if x.term == "1-month" {
				p.Reserved1USD = &cost
			} else {
				p.Reserved3USD = &cost
			}
		}
	}
	return out
}

// soldSize is a purchase of the Reserved tier that was simulated.
type soldSize struct {
	term          string
	input, output int64
	fee           float64 // dollars a month
}

package chart

import (
	"fmt"
	"strings"

	"quotawall/scenarios/result"
)

// Compared is the Reserved tier against on-demand: cost by load at the size
// that was chosen, with the loads from which it pays, above cost by size at
// the load as it is.
type Compared struct{ Result *result.Compare }

// Draw makes the picture.
func (d Compared) Draw() (*Chart, error) {
	size := bySize(d.Result)
	if len(d.Result.Loads) == 0 {
		return size.Draw()
	}
	load := byLoad(d.Result)
	if len(d.Result.Curve) < 2 { // one size is no line
		return load.Draw()
	}
	above, alt := load.panel()
	below, more := size.panel()
	return finish(load.Name, load.Title, alt+" "+more, 640, 660, above, below)
}

// bySize is cost over the size of reserved input, with on-demand beside it.
func bySize(c *result.Compare) BreakEven {
	var size, simulated, closed, later, flat []float64
	for _, p := range c.Curve {
		size = append(size, float64(p.InputTPM))
		simulated, closed, later = append(simulated, p.MonthUSD), append(closed, p.ClosedMonthUSD), append(later, p.MonthUSD3)
		flat = append(flat, c.OnDemand.MonthUSD)
	}
	return BreakEven{
		Name: "by-size", Title: "Reserved tier for " + c.Model + " by size, at this traffic", XName: "reserved input, tokens a minute", YName: "dollars per month",
		Lines: []Series{{"on-demand", size, flat}, {"1 month, simulated", size, simulated}, {"3 months", size, later}, {"1 month, closed form", size, closed}},
	}
}

// byLoad is cost over multiples of the traffic, a line a term that is sold.
func byLoad(c *result.Compare) BreakEven {
	d := BreakEven{Name: "break-even", Title: "Reserved tier for " + c.Model + ": from which load it pays", XName: "multiple of this traffic", YName: "dollars per month"}
	demand := Series{Name: "on-demand"}
	terms := []Series{{Name: "1 month"}, {Name: "3 months"}}
	for _, p := range c.Loads {
		demand.X, demand.Y = append(demand.X, p.Load), append(demand.Y, p.OnDemandUSD)
		for i, usd := range []*float64{p.Reserved1USD, p.Reserved3USD} {
			if usd != nil {
				terms[i].X, terms[i].Y = append(terms[i].X, p.Load), append(terms[i].Y, *usd)
			}
		}
	}
	var never []string
	d.Lines = append(d.Lines, demand)
	sold := []string{"1-month", "3-months"}
	for i, term := range terms {
		if len(term.X) == 0 {
			continue
		}
		switch load := paysFrom(c, sold[i]); {
		case load == nil:
			never = append(never, term.Name+": never in this range")
		case *load > demand.X[len(demand.X)-1]:
			never = append(never, term.Name+": beyond this range, from "+trim(*load, 2)+" times")
		default:
			d.Crossings = append(d.Crossings, Crossing{*load, along(demand, *load), fmt.Sprintf("%s: pays from %s times", term.Name, trim(*load, 2))})
		}
		d.Lines = append(d.Lines, term)
	}
	d.Never = strings.Join(never, "; ")
	return d
}

// paysFrom is the load from which a term's size pays; nil where none is known.
func paysFrom(c *result.Compare, term string) *float64 {
	for _, o := range c.Options {
		if o.Kind == "reserved" && o.Term == term {
			return o.BreakEvenLoad
		}
	}
	return nil
}

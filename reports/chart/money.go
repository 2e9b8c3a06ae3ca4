package chart

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Costs is what a month costs by component, a bar a step.
type Costs struct {
	Name, Title string
	Components  []string // in the order they are stacked
	Steps       []CostStep
}

// CostStep is one bar.
type CostStep struct {
	Name    string
	MonthUS []float64 // dollars a month, one a component
	Note    string    // written behind the bar, such as what it failed to serve
}

// Draw makes the picture, the first step at the top.
func (d Costs) Draw() (*Chart, error) {
	n := len(d.Steps)
	names := make([]string, n)
	for i, s := range d.Steps {
		names[i] = s.Name
	}
	b := newBars(d.Title, "dollars per month", names)
	b.plot.X.Tick.Marker = ticks(dollars)
	b.plot.X.Min = 0
	var bars boxes
	var said []string
	for i, s := range d.Steps {
		row := float64(n - 1 - i)
		if len(s.MonthUS) != len(d.Components) {
			return nil, fmt.Errorf("chart: step %q has %d of %d components", s.Name, len(s.MonthUS), len(d.Components))
		}
		at := 0.0
		for c, v := range s.MonthUS {
			if v <= 0 || bad(v) {
				continue
			}
			bars = append(bars, box{x0: at, x1: at + v, y0: row - 0.34, y1: row + 0.34, fill: palette(c)})
			b.hot = append(b.hot, hot{at + v/2, row, fmt.Sprintf("%s, %s: $%s a month", s.Name, d.Components[c], trim(v, 2))})
			at += v
		}
		b.name(at, row, "$"+trim(at, decimalsFor(at))+s.Note)
		said = append(said, fmt.Sprintf("%s $%s%s", s.Name, trim(at, decimalsFor(at)), s.Note))
	}
	b.plot.Add(bars)
	var key keyRow
	for c, name := range d.Components {
		key = append(key, keyEntry{name: name, fill: palette(c)})
	}
	b.plot.Add(key)
	b.plot.Y.Min, b.plot.Y.Max = -0.6, float64(n)-0.1
	return finish(d.Name, d.Title, "Cost per month: "+strings.Join(said, "; ")+".", 640, 90+34*float64(n), b)
}

func decimalsFor(usd float64) int {
	if usd < 100 {
		return 2
	}
	return 0
}

// Frontier is cost against what was not served, a point a step.
type Frontier struct {
	Name, Title string
	Points      []FrontierPoint
}

// FrontierPoint is one plan: what it costs, and the shares it leaves unserved.
type FrontierPoint struct {
	Name             string
	MonthUSD         float64
	UnservedRequests float64
	UnservedTokens   float64
}

// Draw makes the picture: left and low is good. A dot is the share of
// requests, a ring that of tokens.
func (d Frontier) Draw() (*Chart, error) {
	b := newBuilder(d.Title, "share left unserved (dot: requests; ring: tokens)", "dollars per month")
	b.plot.X.Tick.Marker, b.plot.Y.Tick.Marker = ticks(percent), ticks(dollars)
	b.plot.X.Min, b.plot.Y.Min = 0, 0
	var said []string
	for i, p := range d.Points {
		tip := fmt.Sprintf("%s: $%s a month, %s%% of requests and %s%% of tokens unserved", p.Name,
			trim(p.MonthUSD, decimalsFor(p.MonthUSD)), trim(p.UnservedRequests*100, 2), trim(p.UnservedTokens*100, 2))
		said = append(said, tip)
		pair := Series{p.Name, []float64{p.UnservedRequests, p.UnservedTokens}, []float64{p.MonthUSD, p.MonthUSD}}
		b.line(pair, draw.LineStyle{Color: palette(i), Width: 1}, false, nil)
		b.mark(p.UnservedTokens, p.MonthUSD, draw.RingGlyph{}, palette(i), 5, tip)
		b.mark(p.UnservedRequests, p.MonthUSD, draw.CircleGlyph{}, palette(i), 4, tip)
		b.name(max(p.UnservedRequests, p.UnservedTokens), p.MonthUSD, p.Name)
	}
	b.plot.X.Max = max(b.plot.X.Max, 0.01)
	b.plot.Y.Max = max(b.plot.Y.Max*1.1, 0.01)
	return finish(d.Name, d.Title, strings.Join(said, "; ")+".", 640, 340, b)
}

// BreakEven is cost over load for alternatives, with the crossings.
type BreakEven struct {
	Name, Title  string
	XName, YName string
	Lines        []Series
	Crossings    []Crossing
	Never        string // what is said of lines that cross nowhere
}

// Crossing is where one alternative becomes cheaper than another.
type Crossing struct {
	X, Y float64
	Text string
}

// Draw makes the picture.
func (d BreakEven) Draw() (*Chart, error) {
	b, alt := d.panel()
	return finish(d.Name, d.Title, alt, 640, 340, b)
}

// panel is the picture, and what it says.
func (d BreakEven) panel() (b *builder, alt string) {
	b = newBuilder(d.Title, d.XName, d.YName)
	b.plot.Y.Tick.Marker = ticks(dollars)
	b.plot.X.Min, b.plot.Y.Min = 0, 0
	b.lines(d.Lines, "$")
	alt = d.YName + " over " + d.XName + "."
	b.plot.Add(crossingNames(d.Crossings))
	for _, c := range d.Crossings {
		b.mark(c.X, c.Y, draw.RingGlyph{}, ink(), 6, c.Text)
		alt += " " + c.Text + "."
	}
	if d.Never != "" {
		alt += " " + d.Never + "."
		b.plot.Add(keyRow{{name: d.Never, line: &draw.LineStyle{}}})
		b.plot.Y.Max *= 1.1
	}
	return b, alt
}

// lines draws series with their names at the right ends.
func (b *builder) lines(all []Series, unit string) {
	for i, s := range all {
		b.line(s, stroke(i), false, func(x, y float64) string { return trim(x, 3) + ", " + unit + trim(y, 3) })
		if n := len(s.X); n > 0 && len(s.Y) == n {
			b.name(s.X[n-1], s.Y[n-1], s.Name)
		}
	}
	b.plot.Y.Max *= 1.05
}

// Sweep is a figure over the values of one key, a line a value of another.
type Sweep struct {
	Name, Title  string
	XName, YName string
	Percent      bool     // values are shares
	XNames       []string // names of the places 0, 1, ...; empty: X are numbers
	LogX         bool     // X, above 0, on a logarithmic axis
	Lines        []Series
}

// Draw makes the picture.
func (d Sweep) Draw() (*Chart, error) {
	b := newBuilder(d.Title, d.XName, d.YName)
	b.plot.Y.Min = 0
	b.lines(d.Lines, "")
	switch {
	case len(d.XNames) > 0:
		b.plot.X.Tick.Marker = nameTicks(d.XNames)
	case d.LogX && b.plot.X.Min <= 0:
		b.fail(fmt.Errorf("chart %s: %v has no place on a logarithmic axis", d.Name, b.plot.X.Min))
	case d.LogX:
		b.plot.X.Scale, b.plot.X.Tick.Marker = plot.LogScale{}, logTicks{}
		b.plot.X.Label.Text += " (logarithmic)"
	}
	if d.Percent {
		b.plot.Y.Tick.Marker = ticks(percent)
		b.plot.Y.Max = min(b.plot.Y.Max, 1.02)
	}
	names := make([]string, len(d.Lines))
	for i, s := range d.Lines {
		names[i] = s.Name
	}
	return finish(d.Name, d.Title, d.YName+" over "+d.XName+", for "+strings.Join(names, ", ")+".", 640, 340, b)
}

// Heat is a figure over two keys.
type Heat struct {
	Name, Title  string
	XName, YName string
	X, Y         []string    // values of the keys
	Z            [][]float64 // by y, then x; NaN: not known
	Label        func(float64) string
}

// Draw makes the picture: darker is more, and each cell has its value.
func (d Heat) Draw() (*Chart, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, row := range d.Z {
		if len(row) != len(d.X) {
			return nil, fmt.Errorf("chart %s: a row has %d of %d values", d.Name, len(row), len(d.X))
		}
		for _, z := range row {
			if !bad(z) {
				lo, hi = min(lo, z), max(hi, z)
			}
		}
	}
	if len(d.Z) != len(d.Y) || lo > hi {
		return nil, fmt.Errorf("chart %s: %d of %d rows, or no value", d.Name, len(d.Z), len(d.Y))
	}
	b := newBuilder(d.Title, d.XName, d.YName)
	b.plot.X.Tick.Marker, b.plot.Y.Tick.Marker = allNames(d.X), allNames(d.Y)
	var cells boxes
	for j, row := range d.Z {
		for i, z := range row {
			cells = append(cells, d.cell(b, i, j, z, lo, hi))
		}
	}
	b.plot.Add(cells)
	alt := fmt.Sprintf("%s over %s and %s: from %s to %s.", d.Title, d.XName, d.YName, d.Label(lo), d.Label(hi))
	return finish(d.Name, d.Title, alt, 640, 110+30*float64(len(d.Y)), b)
}

func (d Heat) cell(b *builder, i, j int, z, lo, hi float64) box {
	x, y := float64(i), float64(j)
	c := box{x0: x - 0.48, x1: x + 0.48, y0: y - 0.47, y1: y + 0.47, fill: color.RGBA{0xdd, 0xdd, 0xdd, 0xff}, text: "?", textColor: black()}
	label := "not known"
	if !bad(z) {
		f := 0.0
		if hi > lo {
			f = (z - lo) / (hi - lo)
		}
		c.fill, c.text = shade(f), d.Label(z)
		label = c.text
		if f > darkFrom {
			c.textColor = color.White
		}
	}
	b.hot = append(b.hot, hot{x, y, fmt.Sprintf("%s, %s: %s", d.X[i], d.Y[j], label)})
	return c
}

// black is a fixed text colour, on fills that a page does not change.
func black() color.Color { return color.RGBA{0, 0, 0, 0xff} }

// darkFrom is the shade from which white text stands out more than black.
const darkFrom = 0.65

// shade goes from a light to a dark blue, evenly in lightness.
func shade(f float64) color.Color {
	mix := func(a, b float64) uint8 { return uint8(math.Round(a + (b-a)*f)) }
	return color.RGBA{mix(0xde, 0x05), mix(0xeb, 0x3a), mix(0xf7, 0x6b), 0xff}
}

package chart

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Burn is how a daily cap is used up through one day, a line a step.
type Burn struct {
	Name, Title string
	Cap         float64 // quota tokens a day
	CapName     string
	Steps       []BurnStep
	LeftOut     []string // steps that cannot be drawn
}

// BurnStep is the use at the ends of hours of the day (0 at midnight).
type BurnStep struct {
	Name  string
	Hours []float64
	Used  []float64
	Spent *float64 // hour at which the cap was spent
}

// Draw makes the picture.
func (d Burn) Draw() (*Chart, error) {
	b := newBuilder(d.Title, "time of day, UTC", "quota tokens used since midnight")
	b.plot.X.Tick.Marker = hourTicks{}
	b.plot.X.Min, b.plot.X.Max = d.span()
	b.plot.Y.Min = 0
	var said []string
	var times aboveMarks
	for i, s := range d.Steps {
		b.line(Series{s.Name, s.Hours, s.Used}, stroke(i), false, func(x, y float64) string {
			return hourLabel(x, false) + ", " + trim(y, 0) + " quota tokens"
		})
		if n := len(s.Used); n > 0 {
			b.name(s.Hours[n-1], s.Used[n-1], s.Name)
		}
		if s.Spent == nil {
			said = append(said, s.Name+" does not spend it")
			continue
		}
		at := hourLabel(*s.Spent, false)
		b.mark(*s.Spent, d.Cap, draw.CrossGlyph{}, ink(), 5, s.Name+": cap spent at "+at)
		times = append(times, besideMark{*s.Spent, d.Cap, at})
		said = append(said, s.Name+" spends it at "+at)
	}
	b.level(d.Cap, d.CapName)
	b.plot.Add(times)
	alt := "Use of " + d.CapName + " through the day: " + strings.Join(said, "; ") + "."
	if len(d.LeftOut) > 0 {
		alt += " Not drawn, since several pools serve them: " + strings.Join(d.LeftOut, ", ") + "."
	}
	return finish(d.Name, d.Title, alt, 640, 330, b)
}

// span is the day, or the hours that have data where these are few.
func (d Burn) span() (from, to float64) {
	from, to = 24, 0
	for _, s := range d.Steps {
		for _, h := range s.Hours {
			from, to = min(from, math.Floor(h)), max(to, math.Ceil(h))
		}
	}
	if to-from > 6 || to <= from {
		return 0, 24
	}
	return from, to
}

// Rates is the flow of quota tokens of one step, by hour, against the limit
// a minute.
type Rates struct {
	Name, Title string
	Step        int
	Hours       []float64 // starts of the hours, from midnight of the first day
	Reserved    []float64 // quota tokens a minute, mean of the hour, at the start charge
	Settled     []float64 // the same at the final charge
	Limit       float64   // tokens a minute; 0: none
	LimitName   string
}

// Draw makes the picture. A limit far above the flow is named, not drawn, for
// the flow would be a flat line below it.
func (d Rates) Draw() (*Chart, error) {
	title := d.Title
	peak := 0.0
	for i := range d.Reserved {
		peak = max(peak, d.Reserved[i], d.Settled[i])
	}
	far := d.Limit > 5*peak
	if d.Limit > 0 && far {
		title += " (" + d.LimitName + ": above the picture)"
	}
	b := newBuilder(title, "time, UTC", "quota tokens per minute, hourly mean")
	b.plot.X.Tick.Marker = hourTicks{}
	b.plot.Y.Min = 0
	tip := func(x, y float64) string { return hourLabel(x, true) + ", " + trim(y, 0) + " tokens a minute" }
	b.line(Series{"reserved", d.Hours, d.Reserved}, stroke(1), true, tip)
	b.line(Series{"settled", d.Hours, d.Settled}, stroke(0), true, tip)
	reserved, settled := stroke(1), stroke(0)
	b.plot.Y.Max = max(peak, 1) * 1.18
	b.plot.Add(keyRow{{name: "reserved at admission", line: &reserved}, {name: "settled at the end", line: &settled}})
	if d.Limit > 0 && !far {
		b.level(d.Limit, d.LimitName)
	}
	alt := fmt.Sprintf("Quota tokens a minute by hour, reserved and settled; the highest hourly mean is %s.", trim(peak, 0))
	if d.Limit > 0 {
		alt += fmt.Sprintf(" The limit is %s.", trim(d.Limit, 0))
	}
	c, err := finish(d.Name, d.Title, alt, 640, 260, b)
	if c != nil {
		c.Step = d.Step
	}
	return c, err
}

// Queue is the depth and the age of a step's queue by hour.
type Queue struct {
	Name, Title string
	Step        int
	Hours       []float64
	Depth       []float64 // messages waiting
	OldestH     []float64 // hours
}

// Draw makes the picture: two panels over one time axis.
func (d Queue) Draw() (*Chart, error) {
	depth := newBuilder(d.Title, "", "messages waiting")
	age := newBuilder("", "time, UTC", "age of the oldest, h")
	for _, b := range []*builder{depth, age} {
		b.plot.X.Tick.Marker = hourTicks{}
		b.plot.Y.Min = 0
	}
	depth.line(Series{"depth", d.Hours, d.Depth}, stroke(0), true, func(x, y float64) string { return hourLabel(x, true) + ", " + trim(y, 0) + " messages" })
	age.line(Series{"age", d.Hours, d.OldestH}, stroke(2), true, func(x, y float64) string { return hourLabel(x, true) + ", " + trim(y, 2) + " h" })
	for _, b := range []*builder{depth, age} {
		b.plot.Y.Max = max(b.plot.Y.Max*1.05, 1)
	}
	alt := fmt.Sprintf("Queue by hour: at most %s messages wait, the oldest for %s hours.", trim(highest(d.Depth), 0), trim(highest(d.OldestH), 2))
	c, err := finish(d.Name, d.Title, alt, 640, 380, depth, age)
	if c != nil {
		c.Step = d.Step
	}
	return c, err
}

// Forecast is a figure over months with its band, against a level.
type Forecast struct {
	Name, Title string
	YName       string
	Months      []string // names of the months, in order
	Mid         []float64
	Low, High   []float64 // empty: no band
	Level       float64   // 0: none
	LevelName   string
}

// Draw makes the picture.
func (d Forecast) Draw() (*Chart, error) {
	b := newBuilder(d.Title, "month", d.YName)
	x := make([]float64, len(d.Mid))
	for i := range x {
		x[i] = float64(i)
	}
	b.plot.X.Tick.Marker = nameTicks(d.Months)
	b.plot.Y.Min = 0
	if len(d.Low) == len(x) && len(d.High) == len(x) && len(x) > 0 {
		b.band(x, d.Low, d.High)
	}
	b.line(Series{"expected", x, d.Mid}, stroke(0), false, func(x, y float64) string {
		return d.monthAt(x) + ", " + trim(y, 2)
	})
	cross := -1
	for i, v := range d.Mid {
		if d.Level > 0 && v > d.Level {
			cross = i
			break
		}
	}
	alt := d.YName + " by month."
	if d.Level > 0 {
		b.level(d.Level, d.LevelName)
		alt += " It does not exceed " + d.LevelName + "."
	}
	if cross >= 0 {
		month := d.monthAt(float64(cross))
		b.mark(float64(cross), d.Mid[cross], draw.CrossGlyph{}, ink(), 5, "first month above "+d.LevelName+": "+month)
		b.name(float64(cross), d.Mid[cross], month)
		alt = d.YName + " by month: it first exceeds " + d.LevelName + " in " + month + "."
	}
	return finish(d.Name, d.Title, alt, 640, 320, b)
}

func (d Forecast) monthAt(x float64) string {
	if i := int(x); i >= 0 && i < len(d.Months) {
		return d.Months[i]
	}
	return trim(x, 0)
}

// band fills the room between two lines.
func (b *builder) band(x, low, high []float64) {
	pts := make(plotter.XYs, 0, 2*len(x))
	for i := range x {
		if bad(low[i]) || bad(high[i]) {
			b.fail(fmt.Errorf("chart: band, point %d is no number", i+1))
			return
		}
		pts = append(pts, plotter.XY{X: x[i], Y: high[i]})
	}
	for i := len(x) - 1; i >= 0; i-- {
		pts = append(pts, plotter.XY{X: x[i], Y: low[i]})
	}
	b.plot.Add(&plotter.Polygon{XYs: []plotter.XYs{pts}, Color: color.NRGBA{0x56, 0xb4, 0xe9, 0x50}, LineStyle: draw.LineStyle{Width: 0}})
}

// finish puts panels into a chart.
func finish(name, title, alt string, width, height float64, panels ...*builder) (*Chart, error) {
	c := &Chart{Name: name, Title: title, Alt: alt, Step: -1, width: vg.Points(width), height: vg.Points(height)}
	for _, b := range panels {
		if b.err != nil {
			return nil, b.err
		}
		p := b.done()
		for _, a := range []float64{p.plot.X.Min, p.plot.X.Max, p.plot.Y.Min, p.plot.Y.Max} {
			if bad(a) {
				return nil, fmt.Errorf("chart %s: nothing to draw", name)
			}
		}
		c.panels = append(c.panels, p)
	}
	return c, nil
}

func highest(v []float64) float64 {
	out := math.Inf(-1)
	for _, f := range v {
		out = max(out, f)
	}
	if math.IsInf(out, -1) {
		return 0
	}
	return out
}

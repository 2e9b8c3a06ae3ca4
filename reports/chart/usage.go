package chart

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Rates is the flow of quota tokens of one step, by hour, against the limit
// a minute and the most that was used of it.
type Rates struct {
	Name, Title string
	Step        int
	Hours       []float64 // starts of the hours, from midnight of the first day
	Reserved    []float64 // quota tokens a minute, mean of the hour, at the start charge
	Settled     []float64 // the same at the final charge
	Limit       float64   // tokens a minute; 0: none
	LimitName   string
	Peak        float64 // most that was in use of the limit at once
	Met         bool    // the limit refused calls
}

// Draw makes the picture. Levels far above the flow are named, not drawn, for
// the flow would be a flat line below them; but a limit that was met is drawn.
func (d Rates) Draw() (*Chart, error) {
	mean := max(highest(d.Reserved), highest(d.Settled))
	b := newBuilder(d.Title, "time, UTC", "quota tokens per minute")
	b.plot.X.Tick.Marker = hourTicks{}
	b.plot.Y.Min = 0
	tip := func(x, y float64) string {
		return hourLabel(x, true) + ", " + trim(y, 0) + " tokens a minute in the mean of the hour"
	}
	b.line(Series{"reserved", d.Hours, d.Reserved}, stroke(1), true, tip)
	b.line(Series{"settled", d.Hours, d.Settled}, stroke(0), true, tip)
	reserved, settled := stroke(1), stroke(0)
	key := keyRow{{name: "reserved, hourly mean", line: &reserved}, {name: "settled, hourly mean", line: &settled}}
	alt := fmt.Sprintf("Quota tokens a minute by hour, reserved and settled; the highest hourly mean is %s, single minutes are higher", trim(mean, 0))
	top := max(mean, 1)
	add := func(y float64, name string, line draw.LineStyle) {
		alt += "; " + name
		if y > 5*mean && !d.Met {
			name += ": above the picture"
		} else {
			b.plot.Add(level{y, line})
			top = max(top, y)
		}
		key = append(key, keyEntry{name: name, line: &line})
	}
	if d.Limit > 0 {
		add(d.Limit, d.LimitName, wallStroke())
		if d.Peak > 0 {
			add(d.Peak, fmt.Sprintf("peak use %s (%s)", trim(d.Peak, 0), share(d.Peak/d.Limit)), peakStroke())
		}
	}
	b.plot.Add(key)
	b.plot.Y.Max = top * 1.3
	c, err := finish(d.Name, d.Title, alt+".", 640, 280, b)
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
		b.limit(d.Level, d.LevelName)
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

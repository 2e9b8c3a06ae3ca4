package chart

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// hourTicks labels an axis of hours from midnight.
type hourTicks struct{}

// Ticks implements plot.Ticker.
func (hourTicks) Ticks(lo, hi float64) []plot.Tick { return hours(lo, hi) }

// nameTicks labels whole numbers by names, not more than about twelve.
type nameTicks []string

// Ticks implements plot.Ticker.
func (n nameTicks) Ticks(lo, hi float64) []plot.Tick {
	var out []plot.Tick
	every := len(n)/12 + 1
	for i, s := range n {
		if v := float64(i); i%every == 0 && v >= lo && v <= hi {
			out = append(out, plot.Tick{Value: v, Label: clip(s, 34)})
		}
	}
	return out
}

// logTicks labels 1, 2 and 5 times powers of ten; powers alone over many.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(lo, hi float64) []plot.Tick {
	var out []plot.Tick
	steps := []float64{1, 2, 5}
	if hi/lo > 1e4 {
		steps = steps[:1]
	}
	for k := math.Floor(math.Log10(lo)); k <= math.Ceil(math.Log10(hi)); k++ {
		for _, m := range steps {
			if v := m * math.Pow(10, k); v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
				out = append(out, plot.Tick{Value: v, Label: trim(v, max(0, -int(k)))})
			}
		}
	}
	return out
}

// allNames labels every whole number by a name.
type allNames []string

// Ticks implements plot.Ticker.
func (n allNames) Ticks(_, _ float64) []plot.Tick {
	out := make([]plot.Tick, len(n))
	for i, s := range n {
		out[i] = plot.Tick{Value: float64(i), Label: clip(s, 34)}
	}
	return out
}

// besideMark is a short text and the point that it belongs to.
type besideMark struct {
	x, y float64
	text string
}

// crossingNames writes the texts of crossings in rows below the lowest and to
// the right of the last, where rising lines leave room.
type crossingNames []Crossing

// Plot implements plot.Plotter.
func (n crossingNames) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	style := letters(10)
	style.YAlign = text.YTop
	x, y := c.Min.X, c.Max.Y
	for _, at := range n {
		x, y = max(x, tx(at.X)), min(y, ty(at.Y))
	}
	for i, at := range n {
		c.FillText(style, vg.Point{X: x + 8, Y: y - 6 - vg.Points(lineHeight)*vg.Length(i)}, clip(at.Text, 60))
	}
}

// aboveMarks writes short texts above points of one height, in two or more
// rows where they would touch.
type aboveMarks []besideMark

// Plot implements plot.Plotter.
func (m aboveMarks) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	style := letters(10)
	style.YAlign, style.XAlign = text.YBottom, text.XCenter
	order := slices.Clone(m)
	slices.SortStableFunc(order, func(a, b besideMark) int { return cmp.Compare(a.x, b.x) })
	var ends []vg.Length // right end of the last text in each row
	for _, mark := range order {
		half := style.Width(mark.text)/2 + 2
		row := 0
		for row < len(ends) && ends[row] > tx(mark.x)-half {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row] = tx(mark.x) + half
		c.FillText(style, vg.Point{X: tx(mark.x), Y: ty(mark.y) + 6 + vg.Points(11)*vg.Length(row)}, mark.text)
	}
}

// baseLine is a vertical line at the base of a tornado.
type baseLine float64

// Plot implements plot.Plotter.
func (x baseLine) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: ink(), Width: vg.Points(1)}, tx(float64(x)), c.Min.Y, tx(float64(x)), c.Max.Y-12)
}

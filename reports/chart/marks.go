package chart

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is a line: its name, and its points in order of X.
type Series struct {
	Name string
	X, Y []float64
}

// points checks a series and turns it into plot's form.
func (s Series) points() (plotter.XYs, error) {
	if len(s.X) != len(s.Y) || len(s.X) == 0 {
		return nil, fmt.Errorf("chart: series %q has %d x and %d y values", s.Name, len(s.X), len(s.Y))
	}
	out := make(plotter.XYs, len(s.X))
	for i := range s.X {
		if bad(s.X[i]) || bad(s.Y[i]) {
			return nil, fmt.Errorf("chart: series %q, point %d is no number", s.Name, i+1)
		}
		out[i] = plotter.XY{X: s.X[i], Y: s.Y[i]}
	}
	return out, nil
}

// along is the height of a line at a place; beyond its ends, that of the
// end; NaN for an empty one.
func along(s Series, x float64) float64 {
	for i := 1; i < len(s.X); i++ {
		if from, to := s.X[i-1], s.X[i]; x >= from && x <= to && to > from {
			return s.Y[i-1] + (s.Y[i]-s.Y[i-1])*(x-from)/(to-from)
		}
	}
	switch {
	case len(s.X) == 0:
		return math.NaN()
	case x < s.X[0]:
		return s.Y[0]
	}
	return s.Y[len(s.Y)-1]
}

func bad(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) }

// builder collects what a panel shows; the first error sticks.
type builder struct {
	panel
	labels nameLabels
	err    error
}

func newBuilder(title, x, y string) *builder {
	b := &builder{}
	b.plot = newPlot(title, x, y)
	b.grid(true)
	return b
}

// newBars is a builder for horizontal bars, one a name, the first at the top.
func newBars(title, x string, names []string) *builder {
	b := &builder{}
	b.plot = newPlot(title, x, "")
	b.grid(false)
	upward := slices.Clone(names)
	slices.Reverse(upward)
	b.plot.Y.Tick.Marker = allNames(upward)
	b.plot.Y.Tick.Length = 0
	return b
}

func (b *builder) grid(horizontal bool) {
	grid := plotter.NewGrid()
	light := color.NRGBA{0x8c, 0x95, 0x9f, 0x50}
	grid.Vertical.Color, grid.Horizontal.Color = light, light
	if horizontal {
		grid.Vertical.Width = 0
	} else {
		grid.Horizontal.Width = 0
	}
	b.plot.Add(grid)
}

// line draws a series; steps holds each value until the next.
func (b *builder) line(s Series, style draw.LineStyle, steps bool, tip func(x, y float64) string) {
	pts, err := s.points()
	if err != nil {
		b.fail(err)
		return
	}
	l := &plotter.Line{XYs: pts, LineStyle: style}
	if steps {
		l.StepStyle = plotter.PostStep
	}
	b.plot.Add(l)
	if tip != nil {
		for _, p := range pts {
			b.hot = append(b.hot, hot{p.X, p.Y, s.Name + ": " + tip(p.X, p.Y)})
		}
	}
}

// limit draws a horizontal limit with its name below.
func (b *builder) limit(y float64, name string) {
	b.plot.Add(levelLine{y, clip(name, 60)})
}

// mark draws a cross or a dot, and answers when pointed at.
func (b *builder) mark(x, y float64, shape draw.GlyphDrawer, c color.Color, size float64, tip string) {
	if bad(x) || bad(y) {
		b.fail(fmt.Errorf("chart: the mark %q is at no place", tip))
		return
	}
	b.plot.Add(&plotter.Scatter{XYs: plotter.XYs{{X: x, Y: y}}, GlyphStyle: draw.GlyphStyle{Color: c, Radius: vg.Points(size), Shape: shape}})
	b.hot = append(b.hot, hot{x, y, tip})
}

func (b *builder) name(x, y float64, text string) {
	b.labels = append(b.labels, nameLabel{x, y, clip(text, 30)})
}

func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// done adds the names last, over everything.
func (b *builder) done() panel {
	if len(b.labels) > 0 {
		b.plot.Add(b.labels)
	}
	return b.panel
}

// level is a horizontal line over the whole width, named in a key.
type level struct {
	y    float64
	line draw.LineStyle
}

func (l level) Plot(c draw.Canvas, p *plot.Plot) {
	_, ty := p.Transforms(&c)
	c.StrokeLine2(l.line, c.Min.X, ty(l.y), c.Max.X, ty(l.y))
}

// DataRange keeps the line inside the picture.
func (l level) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), l.y, l.y
}

// levelLine is a horizontal line over the whole width, with its name below.
type levelLine struct {
	y    float64
	name string
}

func (l levelLine) Plot(c draw.Canvas, p *plot.Plot) {
	_, ty := p.Transforms(&c)
	y := ty(l.y)
	c.StrokeLine2(wallStroke(), c.Min.X, y, c.Max.X, y)
	style := letters(10)
	style.YAlign = text.YTop
	c.FillText(style, vg.Point{X: c.Min.X + 4, Y: y - 3}, l.name)
}

// DataRange keeps the line and its name inside the picture.
func (l levelLine) DataRange() (xmin, xmax, ymin, ymax float64) {
	return math.Inf(1), math.Inf(-1), l.y, l.y * 1.16
}

// nameLabels are names to the right of points, moved apart where they collide.
type nameLabels []nameLabel

type nameLabel struct {
	x, y float64
	text string
}

const lineHeight = 12.5 // points

func (l nameLabels) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	order := slices.Clone(l)
	slices.SortStableFunc(order, func(a, b nameLabel) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	style := letters(10)
	bottom := c.Min.Y
	for i, n := range order {
		want := ty(n.y)
		y := max(want, bottom)
		// Leave room for the names still to come below the top.
		y = min(y, c.Max.Y+4-vg.Points(lineHeight)*vg.Length(len(order)-1-i))
		bottom = y + vg.Points(lineHeight)
		x := tx(n.x) + 8
		if y != want {
			c.StrokeLine2(draw.LineStyle{Color: grey(), Width: vg.Points(0.5)}, tx(n.x)+2, want, x-1, y)
		}
		c.FillText(style, vg.Point{X: x, Y: y + 1.5}, n.text)
	}
}

// GlyphBoxes reserve room for the names.
func (l nameLabels) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	style := letters(10)
	out := make([]plot.GlyphBox, len(l))
	for i, n := range l {
		out[i] = plot.GlyphBox{X: p.X.Norm(n.x), Y: p.Y.Norm(n.y),
			Rectangle: vg.Rectangle{Max: vg.Point{X: style.Width(n.text) + 10}}}
	}
	return out
}

// box is a filled rectangle in data coordinates with an optional text inside.
type box struct {
	x0, x1, y0, y1 float64
	fill           color.Color
	text           string
	textColor      color.Color
}

type boxes []box

func (b boxes) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, r := range b {
		x0, x1, y0, y1 := tx(r.x0), tx(r.x1), ty(r.y0), ty(r.y1)
		c.FillPolygon(r.fill, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
		style := letters(9)
		style.XAlign = text.XCenter
		if r.textColor != nil {
			style.Color = r.textColor
		}
		if r.text != "" && style.Width(r.text)+4 <= abs(x1-x0) {
			c.FillText(style, vg.Point{X: (x0 + x1) / 2, Y: (y0 + y1) / 2}, r.text)
		}
	}
}

func (b boxes) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, ymin, xmax, ymax = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, r := range b {
		xmin, xmax = min(xmin, r.x0, r.x1), max(xmax, r.x0, r.x1)
		ymin, ymax = min(ymin, r.y0, r.y1), max(ymax, r.y0, r.y1)
	}
	return xmin, xmax, ymin, ymax
}

func abs(l vg.Length) vg.Length { return max(l, -l) }

// keyRow is a legend at the top of the data area, in one line or in as many as
// it takes; patterned entries are shown by their lines.
type keyRow []keyEntry

type keyEntry struct {
	name string
	fill color.Color
	line *draw.LineStyle
}

func (k keyRow) Plot(c draw.Canvas, _ *plot.Plot) {
	style := letters(10)
	x, y := c.Min.X, c.Max.Y-4
	for _, e := range k {
		sample, name := vg.Length(13), clip(e.name, 24)
		if e.line != nil {
			sample, name = 22, clip(e.name, 70)
		}
		if width := sample + style.Width(name); x > c.Min.X && x+width > c.Max.X {
			x, y = c.Min.X, y-vg.Points(lineHeight)
		}
		if e.line != nil {
			c.StrokeLine2(*e.line, x, y, x+18, y)
		} else {
			c.FillPolygon(e.fill, []vg.Point{{X: x, Y: y - 4}, {X: x + 9, Y: y - 4}, {X: x + 9, Y: y + 5}, {X: x, Y: y + 5}})
		}
		c.FillText(style, vg.Point{X: x + sample, Y: y}, name)
		x += sample + style.Width(name) + 14
	}
}

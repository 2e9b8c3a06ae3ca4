package chart

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
)

// Tornado is how far each input moves a figure, largest first.
type Tornado struct {
	Name, Title string
	XName       string
	Base        float64
	Dollars     bool
	Bars        []TornadoBar
}

// TornadoBar is an input, and the figure at each of its values.
type TornadoBar struct {
	Name   string
	Values []TornadoValue
}

// TornadoValue is a value of an input and the figure there.
type TornadoValue struct {
	Name string
	At   float64
}

// Draw makes the picture: a colour is a value's place among those of its input,
// whichever way it moves the figure.
func (d Tornado) Draw() (*Chart, error) {
	n := len(d.Bars)
	names := make([]string, n)
	for i, bar := range d.Bars {
		names[i] = bar.Name
	}
	b := newBars(d.Title, d.XName, names)
	label := number
	if d.Dollars {
		label = dollars
	}
	b.plot.X.Tick.Marker = ticks(label)
	var bars boxes
	var said []string
	most := 0
	for i, bar := range d.Bars {
		row := float64(n - 1 - i)
		end, values, figures := d.Base, []string{}, []string{}
		for _, v := range bar.Values {
			if bad(v.At) || bad(d.Base) {
				return nil, fmt.Errorf("chart %s: %q is no number", d.Name, bar.Name)
			}
			end = max(end, v.At)
			b.hot = append(b.hot, hot{v.At, row, fmt.Sprintf("%s = %s: %s", bar.Name, v.Name, label(v.At, 0.01))})
			values, figures = append(values, v.Name), append(figures, v.Name+" "+label(v.At, 0.01))
		}
		bars = append(bars, bar.boxes(d.Base, row)...)
		most = max(most, len(values))
		b.name(end, row, strings.Join(values, ", "))
		said = append(said, bar.Name+": "+strings.Join(figures, ", "))
	}
	b.plot.Add(bars, baseLine(d.Base), tornadoKey(most))
	b.plot.Y.Min, b.plot.Y.Max = -0.6, float64(n)-0.1
	return finish(d.Name, d.Title, "How far each input moves it: "+strings.Join(said, "; ")+".", 640, 100+28*float64(n), b)
}

// boxes are an input's bars, a shorter one over a longer one.
func (t TornadoBar) boxes(base, row float64) boxes {
	var out boxes
	for i, v := range t.Values {
		out = append(out, box{x0: base, x1: v.At, y0: row - 0.34, y1: row + 0.34, fill: tornadoFill(i)})
	}
	slices.SortStableFunc(out, func(a, b box) int { return cmp.Compare(math.Abs(b.x1-base), math.Abs(a.x1-base)) })
	return out
}

// tornadoFill is the colour of an input's values by their place.
func tornadoFill(place int) color.Color { return palette([]int{4, 0, 2, 3, 1, 5}[place%6]) }

func tornadoKey(values int) keyRow {
	var key keyRow
	for i, name := range []string{"value named first", "second", "third", "fourth", "fifth", "sixth"} {
		if i < values {
			key = append(key, keyEntry{name: name, fill: tornadoFill(i)})
		}
	}
	return key
}

package chart

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"quotawall/reports"
)

// inkHex is the colour of text and axes; a page may replace it by its own.
const inkHex = "#1F2328"

func ink() color.Color  { return color.RGBA{0x1f, 0x23, 0x28, 0xff} }
func grey() color.Color { return color.RGBA{0x8c, 0x95, 0x9f, 0xff} }
func wall() color.Color { return color.RGBA{0xd5, 0x5e, 0x00, 0xff} } // vermillion: limits

// palette is that of Okabe and Ito without black, yellow and vermillion (kept
// for limits), in an order in which neighbours differ most.
func palette(i int) color.Color {
	colors := []color.RGBA{
		{0x00, 0x72, 0xb2, 0xff}, // blue
		{0xe6, 0x9f, 0x00, 0xff}, // orange
		{0x00, 0x9e, 0x73, 0xff}, // green
		{0xcc, 0x79, 0xa7, 0xff}, // purple
		{0x56, 0xb4, 0xe9, 0xff}, // sky
		{0x7f, 0x7f, 0x7f, 0xff}, // grey
	}
	return colors[i%len(colors)]
}

// stroke is the line of a series: a colour and a pattern.
func stroke(i int) draw.LineStyle {
	patterns := [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}, {1, 3}, {10, 4}}
	return draw.LineStyle{Color: palette(i), Width: vg.Points(2), Dashes: patterns[i%len(patterns)]}
}

func wallStroke() draw.LineStyle {
	return draw.LineStyle{Color: wall(), Width: vg.Points(1.5), Dashes: []vg.Length{5, 3}}
}

func peakStroke() draw.LineStyle {
	return draw.LineStyle{Color: ink(), Width: vg.Points(1), Dashes: []vg.Length{1, 2}}
}

// letters is the style of text of a size, starting at its point.
func letters(size float64) text.Style {
	return text.Style{Color: ink(), Font: font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(size)),
		XAlign: text.XLeft, YAlign: text.YCenter, Handler: plot.DefaultTextHandler}
}

// newPlot is an empty plot in our dress: left title, light grid, no frame.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.Title.Text = reports.Visible(title)
	p.Title.Padding = vg.Points(6)
	p.Title.TextStyle.Color = ink()
	p.Title.TextStyle.Font = font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(12))
	p.X.Label.Text, p.Y.Label.Text = reports.Visible(x), reports.Visible(y)
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color = grey()
		a.Padding = 0
		a.Label.TextStyle.Font = font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(10))
		a.Label.TextStyle.Color = ink()
		a.Tick.Label.Font = font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Points(10))
		a.Tick.Label.Color = ink()
		a.Tick.Color = grey()
		a.Tick.Marker = ticks(number)
	}
	p.Y.Label.Padding = vg.Points(4)
	return p
}

// ticks marks about six round values.
func ticks(label func(v, step float64) string) plot.TickerFunc {
	return func(lo, hi float64) []plot.Tick {
		step := niceStep((hi - lo) / 6)
		if step <= 0 || math.IsInf(step, 0) || math.IsNaN(step) {
			return nil
		}
		var out []plot.Tick
		for k := math.Ceil(lo/step - 1e-9); k*step <= hi+step*1e-9; k++ {
			out = append(out, plot.Tick{Value: k * step, Label: label(k*step, step)})
		}
		return out
	}
}

// niceStep is the least of 1, 2, 5 times a power of ten that is not below v.
func niceStep(v float64) float64 {
	if v <= 0 {
		return 0
	}
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*base >= v*(1-1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// number writes a value among ticks of a step short: 1.5 M, 20 k.
func number(v, step float64) string {
	for _, u := range []struct {
		size, from float64 // used for steps from this size on
		name       string
	}{{1e9, 2e8, " G"}, {1e6, 2e5, " M"}, {1e3, 1e3, " k"}} {
		if step >= u.from*(1-1e-9) && v != 0 {
			return trim(v/u.size, 2) + u.name
		}
	}
	return trim(v, decimalsOf(step))
}

func decimalsOf(step float64) int {
	return min(9, max(0, int(math.Ceil(-math.Log10(step)-1e-9))))
}

// trim writes v with at most so many decimals, thousands separated.
func trim(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return reports.Thousands(s)
}

func dollars(v, step float64) string {
	if v < 0 {
		return "-$" + number(-v, step)
	}
	return "$" + number(v, step)
}

func percent(v, step float64) string { return trim(v*100, decimalsOf(step*100)) + "%" }

// hours labels hours from midnight of the first day: clock times within a day
// or so, days beyond.
func hours(lo, hi float64) []plot.Tick {
	var out []plot.Tick
	step := 24.0
	switch span := hi - lo; {
	case span <= 2:
		step = 0.25
	case span <= 6:
		step = 1
	case span <= 30:
		step = 3
	case span <= 72:
		step = 12
	default:
		step = 24 * math.Ceil(span/24/8)
	}
	for h := math.Ceil(lo/step) * step; h <= hi+1e-9; h += step {
		out = append(out, plot.Tick{Value: h, Label: hourLabel(h, hi-lo > 30)})
	}
	return out
}

// hourLabel is an hour from midnight as a clock time; with days, as d1 12:00.
func hourLabel(h float64, days bool) string {
	minutes := int(math.Floor(h*60 + 1e-6)) // as tables do: the minute that has begun
	day, clock := minutes/1440+1, fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60)
	if !days {
		if minutes == 1440 {
			return "24:00"
		}
		return clock
	}
	if minutes%1440 == 0 {
		return fmt.Sprintf("d%d", day)
	}
	return fmt.Sprintf("d%d %s", day, clock)
}

// clip shortens a name for a label.
func clip(s string, n int) string {
	r := []rune(reports.Visible(s))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}

package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"quotawall/reports/internal/sample"
	"quotawall/scenarios/result"
)

func svgOf(t *testing.T, c *Chart) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDeterministic draws everything twice, from scratch.
func TestDeterministic(t *testing.T) {
	first, second := gallery(t), gallery(t)
	for i, c := range first {
		if once := svgOf(t, c); once != svgOf(t, second[i]) || once != svgOf(t, c) {
			t.Errorf("%s: two drawings differ", c.Name)
		}
	}
	var a, b bytes.Buffer
	if err := first[0].WritePNG(&a); err != nil {
		t.Fatal(err)
	}
	if err := second[0].WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two PNGs differ")
	}
	if _, err := png.Decode(&a); err != nil {
		t.Error(err)
	}
}

// TestSVGIsWellFormed: XML, with a title and a description, no script, no
// address but its namespaces, and every data point within the picture.
func TestSVGIsWellFormed(t *testing.T) {
	for _, c := range gallery(t) {
		svg := svgOf(t, c)
		dec := xml.NewDecoder(strings.NewReader(svg))
		seen, spots := map[string]int{}, 0
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			if e, ok := tok.(xml.StartElement); ok {
				seen[e.Name.Local]++
				if e.Name.Local == "circle" && attr(e, "class") == "spot" {
					spots++
					checkSpot(t, c, e)
				}
			}
		}
		want := 0
		for _, p := range c.panels {
			want += len(p.hot)
		}
		if seen["script"] > 0 || seen["desc"] != 1 || spots == 0 || spots != want || c.Alt == "" || strings.Count(svg, "http") != 2 {
			t.Errorf("%s: elements %v, %d points of %d, alternative text %q", c.Name, seen, spots, want, c.Alt)
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func checkSpot(t *testing.T, c *Chart, e xml.StartElement) {
	t.Helper()
	x, errX := strconv.ParseFloat(attr(e, "cx"), 64)
	y, errY := strconv.ParseFloat(attr(e, "cy"), 64)
	if errX != nil || errY != nil || x < 0 || y < 0 || x > c.width.Points() || y > c.height.Points() {
		t.Errorf("%s: a point at %s, %s is outside", c.Name, attr(e, "cx"), attr(e, "cy"))
	}
}

// TestNamesAreEscaped: hostile names do not become elements.
func TestNamesAreEscaped(t *testing.T) {
	run := sample.Run()
	run.Steps[0].Name = "<script>alert(1)</script>\x1b\u202e\""
	all, err := FromRun(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		svg := svgOf(t, c)
		if strings.Contains(svg, "<script") || strings.ContainsAny(svg, "\x1b\u202e") {
			t.Errorf("%s: the name stands raw", c.Name)
		}
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

// TestBurnEqualsHours sums the hours of the day by hand.
func TestBurnEqualsHours(t *testing.T) {
	run := sample.Run()
	b, ok := BurnOf(run)
	if !ok || len(b.Steps) != 2 || b.Cap != 2592000 {
		t.Fatalf("%+v", b)
	}
	if len(b.LeftOut) != 1 || b.LeftOut[0] != run.Steps[2].Name {
		t.Errorf("left out %q: the last step is served by two pools", b.LeftOut)
	}
	for i, s := range b.Steps {
		var want float64
		for _, h := range run.Steps[i].Hours {
			if h.Hour < 24 {
				want += float64(h.Settled)
			}
		}
		if got := s.Used[len(s.Used)-1]; got != want {
			t.Errorf("%s: %v at midnight, the hours sum to %v", s.Name, got, want)
		}
		for k := 1; k < len(s.Used); k++ {
			if s.Used[k] < s.Used[k-1] {
				t.Errorf("%s: use falls at %v", s.Name, s.Hours[k])
			}
		}
	}
	if at := b.Steps[0].Spent; at == nil || *at != 16.25 {
		t.Errorf("spent at %v, want 16:15", at)
	}
	run.Steps[0].Caps[2].SpentS = nil
	if b, _ = BurnOf(run); b.Steps[0].Spent != nil {
		t.Error("spent where nothing was")
	}
}

// TestBurnMeetsItsMarks: the line reaches the cap where the cap was spent, not
// at the end of the hour, and a cap that was never spent is marked where it
// first refused.
func TestBurnMeetsItsMarks(t *testing.T) {
	run := sample.Run()
	b, _ := BurnOf(run)
	for _, s := range b.Steps {
		if s.Spent == nil {
			continue
		}
		if use := along(Series{s.Name, s.Hours, s.Used}, *s.Spent); use < 0.99*b.Cap || use > 1.01*b.Cap {
			t.Errorf("%s: spent at %v, where the line is at %v of %v", s.Name, *s.Spent, use, b.Cap)
		}
	}
	for i := range run.Steps {
		for j := range run.Steps[i].Caps {
			c := &run.Steps[i].Caps[j]
			c.SpentS, c.SpentAt, c.ByReservation = nil, nil, new(true)
			if c.Limit == "tokens_per_day" {
				c.Limit, c.Model = "tokens_per_day_account", "*"
			}
		}
	}
	b, _ = BurnOf(run)
	if s := b.Steps[0]; s.Spent != nil || s.Refused == nil || *s.Refused != 16.25 || s.Why != "reserved" {
		t.Errorf("%+v: want a first refusal at 16:15, by reservation", s)
	}
	c, err := b.Draw()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">16:15 reserved<", ">daily cap 2,592,000 of all models<"} {
		if !strings.Contains(svgOf(t, c), want) {
			t.Errorf("the picture does not say %s", want)
		}
	}
}

// TestRatesAgreeWithCaps: a limit that refused is drawn however low the hourly
// means are, and so is its peak use, which the table of caps has.
func TestRatesAgreeWithCaps(t *testing.T) {
	d := Rates{Title: "t", Hours: []float64{0, 1}, Reserved: []float64{10, 10}, Settled: []float64{5, 5}, Limit: 3000, LimitName: "limit 3,000 of m", Peak: 2990}
	for _, met := range []bool{true, false} {
		d.Met = met
		c, err := d.Draw()
		if err != nil {
			t.Fatal(err)
		}
		if drawn := c.panels[0].plot.Y.Max > 3000; drawn != met {
			t.Errorf("met %v: the axis ends at %v", met, c.panels[0].plot.Y.Max)
		}
		if svg := svgOf(t, c); !strings.Contains(svg, "peak use 2,990 (99.7%)") || strings.Contains(svg, "above the picture") == met {
			t.Errorf("met %v: the key does not say so", met)
		}
	}
	run := sample.Run()
	run.Steps[0].Caps = append(run.Steps[0].Caps, result.Cap{Limit: "tokens_per_minute", Account: "b", Model: "m", Value: 100, Refused: 3, PeakUse: 99},
		result.Cap{Limit: "tokens_per_minute", Account: "c", Model: "n", Value: 9e9, PeakUse: 1e9})
	if d := RatesOf(run, 0); d.Limit != 100 || d.Peak != 99 || !d.Met || d.LimitName != "limit 100 of m in b" {
		t.Errorf("%+v: want the limit that refused", d)
	}
}

// TestBurnFollowsTheClock: a start in the middle of a day shifts hours.
func TestBurnFollowsTheClock(t *testing.T) {
	run := sample.Run()
	run.Scenario.Start = "2026-11-02T09:30:00Z"
	b, ok := BurnOf(run)
	if !ok {
		t.Fatal("no burn")
	}
	// 16.25 h after 09:30 is 01:45 of the second day.
	if at := b.Steps[0].Spent; at == nil || math.Abs(*at-1.75) > 1e-9 || !strings.Contains(b.Title, "d2 (Tue 3 Nov 2026)") {
		t.Errorf("spent at %v in %q, want 01:45 of d2", at, b.Title)
	}
}

// TestShortRunsHaveNoCourse: an hour is one figure, and a line through one
// figure would tell what nobody counted.
func TestShortRunsHaveNoCourse(t *testing.T) {
	run := sample.Run()
	run.Scenario.HorizonS = 3500
	for i := range run.Steps {
		run.Steps[i].Hours = run.Steps[i].Hours[:1]
	}
	all, err := FromRun(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Name == "burn" || strings.HasPrefix(c.Name, "rates") {
			t.Errorf("%s is drawn from one hour", c.Name)
		}
	}
}

// TestCostsSumToTheMonth: the stacked components are the month's cost.
func TestCostsSumToTheMonth(t *testing.T) {
	run := sample.Run()
	// More components than there are colours: the least go under "other".
	for _, item := range []string{"queue-requests", "gateway-requests", "function-calls", "instance-hours"} {
		run.Steps[0].Cost.Lines = append(run.Steps[0].Cost.Lines, result.Line{Item: item, AmountNUSD: 1e9})
		run.Steps[0].Cost.TotalNUSD += 1e9
	}
	d := CostsOf(run)
	if n := len(d.Components); n != 6 || d.Components[5] != "other" {
		t.Errorf("components %v", d.Components)
	}
	for i, s := range d.Steps {
		sum := 0.0
		for _, v := range s.MonthUS {
			sum += v
		}
		if want := run.Steps[i].Cost.MonthUSD; math.Abs(sum-want) > 1e-9*want {
			t.Errorf("%s: components sum to %v, the month costs %v", s.Name, sum, want)
		}
	}
}

// TestBadInput is refused with an error, not drawn and not a panic.
func TestBadInput(t *testing.T) {
	nan := math.NaN()
	for i, d := range []interface{ Draw() (*Chart, error) }{
		Sweep{Lines: []Series{{"a", []float64{1, 2}, []float64{1}}}},
		Sweep{Lines: []Series{{"a", []float64{1}, []float64{nan}}}},
		Sweep{},
		Burn{Steps: []BurnStep{{Name: "a"}}},
		Burn{Steps: []BurnStep{{Name: "a", Spent: new(1.0)}}},
		Rates{},
		Queue{},
		Forecast{},
		Forecast{Mid: []float64{1}, Low: []float64{nan}, High: []float64{1}},
		BreakEven{Crossings: []Crossing{{X: nan}}},
		Costs{Components: []string{"a"}, Steps: []CostStep{{Name: "s"}}},
		Heat{X: []string{"a"}, Y: []string{"b"}, Z: [][]float64{{1, 2}}, Label: share},
		Heat{X: []string{"a"}, Y: []string{"b"}, Z: [][]float64{{nan}}, Label: share},
		Tornado{Bars: []TornadoBar{{Name: "a", Values: []TornadoValue{{"x", math.Inf(1)}}}}},
	} {
		if c, err := d.Draw(); err == nil || c != nil {
			t.Errorf("input %d (%T) is drawn", i, d)
		}
	}
}

// TestEmptyRun draws nothing and complains of nothing.
func TestEmptyRun(t *testing.T) {
	if all, err := FromRun(&result.Run{}); err != nil || len(all) != 0 {
		t.Errorf("%d charts, %v", len(all), err)
	}
	one := &result.Run{Steps: []result.Step{{Name: "s"}}}
	if _, err := FromRun(one); err != nil {
		t.Error(err)
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		lo, hi float64
		label  func(v, step float64) string
		want   string
	}{
		{0, 3e6, number, "0 0.5 M 1 M 1.5 M 2 M 2.5 M 3 M"},
		{0, 4200, number, "0 1 k 2 k 3 k 4 k"},
		{0, 1, percent, "0% 20% 40% 60% 80% 100%"},
		{0, 0.05, percent, "0% 1% 2% 3% 4% 5%"},
		{-300, 300, dollars, "-$300 -$200 -$100 $0 $100 $200 $300"},
	} {
		var got []string
		for _, tick := range ticks(test.label)(test.lo, test.hi) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%v to %v: %s, want %s", test.lo, test.hi, s, test.want)
		}
	}
	for _, test := range []struct {
		h    float64
		days bool
		want string
	}{{0, false, "00:00"}, {24, false, "24:00"}, {16.999, false, "16:59"}, {16.25, false, "16:15"}, {24, true, "d2"}, {36.5, true, "d2 12:30"}} {
		if got := hourLabel(test.h, test.days); got != test.want {
			t.Errorf("hour %v is %s, want %s", test.h, got, test.want)
		}
	}
}

// TestPaletteContrast: lines stand out from light and dark paper (3:1 is what
// WCAG 2.1 asks of graphics); orange and sky do on dark paper, and have their
// own patterns and names on light.
func TestPaletteContrast(t *testing.T) {
	white, dark := color.RGBA{255, 255, 255, 255}, color.RGBA{0x12, 0x16, 0x1b, 255}
	for i := range 6 {
		c := palette(i)
		onWhite, onDark := contrast(c, white), contrast(c, dark)
		if max(onWhite, onDark) < 4.5 && min(onWhite, onDark) < 3 || min(onWhite, onDark) < 2 {
			t.Errorf("colour %d has contrast %.1f on white, %.1f on dark", i, onWhite, onDark)
		}
		if i > 0 && fmt.Sprint(stroke(i).Dashes) == fmt.Sprint(stroke(i-1).Dashes) {
			t.Errorf("lines %d and %d have one pattern", i-1, i)
		}
	}
	for _, f := range []float64{0, 0.25, 0.5, 0.65, 0.651, 0.75, 1} {
		text := color.Color(black())
		if f > darkFrom {
			text = color.White
		}
		if c := contrast(shade(f), text); c < 4.5 {
			t.Errorf("heat %v: text has contrast %.1f", f, c)
		}
	}
}

// contrast is WCAG's ratio.
func contrast(a, b color.Color) float64 {
	l1, l2 := luminance(a), luminance(b)
	return (max(l1, l2) + 0.05) / (min(l1, l2) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		f := float64(v) / 65535
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

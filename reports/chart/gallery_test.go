package chart

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"quotawall/reports/internal/sample"
)

// gallery is one picture of each kind.
func gallery(t *testing.T) []*Chart {
	t.Helper()
	all, err := FromRun(sample.Run())
	if err != nil {
		t.Fatal(err)
	}
	month := func(f func(x float64) float64) (x, y []float64) {
		for i := range 21 {
			x = append(x, float64(i)*5)
			y = append(y, f(float64(i)*5))
		}
		return x, y
	}
	x, od := month(func(v float64) float64 { return 130 * v })
	_, mu := month(func(float64) float64 { return 5600 })
	_, sm := month(func(v float64) float64 { return 1200 + 55*v })
	for _, d := range []interface{ Draw() (*Chart, error) }{
		BreakEven{Name: "breakeven", Title: "On-demand against reserved", XName: "load, thousand requests a day", YName: "dollars per month",
			Lines:     []Series{{"on-demand", x, od}, {"2 model units", x, mu}, {"self-hosted", x, sm}},
			Crossings: []Crossing{{5600.0 / 130, 5600, "43.1 k/day: units pay off"}, {16, 2080, "16 k/day: self-hosting pays off"}}},
		Forecast{Name: "forecast", Title: "Peak day against the daily cap, 15 % growth a month", YName: "quota tokens a day",
			Months: []string{"Nov 2026", "Dec", "Jan 2027", "Feb", "Mar", "Apr", "May", "Jun"},
			Mid:    []float64{1.2e6, 1.38e6, 1.59e6, 1.83e6, 2.1e6, 2.41e6, 2.78e6, 3.19e6},
			Low:    []float64{1.1e6, 1.25e6, 1.42e6, 1.61e6, 1.83e6, 2.08e6, 2.36e6, 2.68e6},
			High:   []float64{1.3e6, 1.51e6, 1.77e6, 2.06e6, 2.4e6, 2.8e6, 3.26e6, 3.8e6}, Level: 2592000, LevelName: "daily cap 2,592,000"},
		Queue{Name: "queue", Title: "The queue under smoothing", Hours: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Depth: []float64{0, 5, 12, 40, 80, 60, 20, 4, 0, 0}, OldestH: []float64{0, 0.2, 0.5, 1.2, 2.2, 2.1, 1.5, 0.4, 0, 0}},
		Sweep{Name: "sweep", Title: "Served share over users", XName: "users", YName: "requests served", Percent: true,
			Lines: []Series{{"1 account", []float64{1, 2, 3, 4, 5}, []float64{1, 0.9, 0.6, 0.45, 0.36}}, {"2 accounts", []float64{1, 2, 3, 4, 5}, []float64{1, 1, 0.97, 0.9, 0.72}}, {"3 accounts", []float64{1, 2, 3, 4, 5}, []float64{1, 1, 1, 0.99, 0.95}}}},
		Sweep{Name: "sweep-log", Title: "Cost over users", XName: "users", YName: "dollars per month", LogX: true,
			Lines: []Series{{"as is", []float64{1, 3, 10, 30, 100, 300, 1000}, []float64{400, 900, 1000, 1010, 1010, 1010, 1010}}, {"cached", []float64{1, 3, 10, 30, 100, 300, 1000}, []float64{600, 1500, 2500, 2600, 2600, 2600, 2600}}}},
		Heat{Name: "heat", Title: "Requests served", XName: "users", YName: "accounts", X: []string{"1", "2", "3", "4"}, Y: []string{"1", "2", "3"},
			Z: [][]float64{{1, 0.9, 0.6, 0.45}, {1, 1, 0.97, 0.9}, {1, 1, 1, math.NaN()}}, Label: share},
		Tornado{Name: "tornado", Title: "What moves the cost most (base $394 a month)", XName: "dollars per month", Base: 394, Dollars: true,
			Bars: []TornadoBar{{"users", []TornadoValue{{"0.5", 197}, {"2", 788}}}, {"trace.max_tokens", []TornadoValue{{"1024", 350}, {"8192", 410}}}, {"caching.read_share", []TornadoValue{{"0%", 420}, {"90%", 300}}}}},
	} {
		c, err := d.Draw()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// TestGallery writes the pictures into QUOTAWALL_GALLERY, to be looked at.
func TestGallery(t *testing.T) {
	dir := os.Getenv("QUOTAWALL_GALLERY")
	if dir == "" {
		t.Skip("QUOTAWALL_GALLERY names no folder to write the pictures to")
	}
	for _, c := range gallery(t) {
		for ext, write := range map[string]func(*os.File) error{
			"png": func(f *os.File) error { return c.WritePNG(f) },
			"svg": func(f *os.File) error { return c.WriteSVG(f) },
		} {
			f, err := os.Create(filepath.Join(dir, c.Name+"."+ext))
			if err != nil {
				t.Fatal(err)
			}
			if err := write(f); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

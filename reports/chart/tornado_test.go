package chart

import (
	"strings"
	"testing"
)

// TestTornadoColoursValues: a colour says which value it is, not which way it
// moves the figure, and a short bar is not hidden by a long one.
func TestTornadoColoursValues(t *testing.T) {
	first, second := tornadoFill(0), tornadoFill(1)
	for _, test := range []struct {
		low, high float64
		under     float64 // drawn first
	}{{90, 120, 120}, {130, 80, 130}, {90, 50, 50}, {110, 150, 150}} {
		got := TornadoBar{"demand", []TornadoValue{{"-20%", test.low}, {"+20%", test.high}}}.boxes(100, 0)
		if len(got) != 2 || got[0].x1 != test.under {
			t.Fatalf("%+v: %+v", test, got)
		}
		for _, b := range got {
			if want := map[float64]any{test.low: first, test.high: second}[b.x1]; b.fill != want {
				t.Errorf("%+v: the bar to %v has the other value's colour", test, b.x1)
			}
		}
	}
	c, err := Tornado{Name: "t", Title: "t", XName: "x", Base: 100, Bars: []TornadoBar{{"demand", []TornadoValue{{"-20%", 130}, {"+20%", 80}}}}}.Draw()
	if err != nil {
		t.Fatal(err)
	}
	if svg := svgOf(t, c); !strings.Contains(svg, ">-20%, +20%<") || !strings.Contains(svg, ">value named first<") {
		t.Error("the values are not named in their order")
	}
}

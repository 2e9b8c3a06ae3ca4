package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// WriteCheck writes what a check found: for people in words with their units,
// for machines by the keys of the figures.
func WriteCheck(w io.Writer, c *result.Check, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, c)
	}
	t := NewTable("check of "+c.Scenario+", step "+c.Step, Column{Name: "figure"}, Column{Name: "found", Kind: Decimal}, Column{Name: "at most", Kind: Decimal},
		Column{Name: "unit", Exact: true}, Column{Name: "verdict"}).SetKey("check")
	for _, x := range c.Limits {
		found, limit, unit := readable(x)
		verdict := Str("ok").Tone(Good)
		if x.Exceeded {
			verdict = Str("exceeded").Tone(Bad)
		}
		t.Row(Str(x.Figure).Show(result.FigureName(x.Figure)), Num(found).Show(unitText(found, unit)), Num(limit).Show(unitText(limit, unit)), Str(unit), verdict)
	}
	t.Caveats(c.Notes...)
	return Write(w, format, width, color, t)
}

// Exceeded says which limits of a check are exceeded, by what.
func Exceeded(c *result.Check) string {
	var out []string
	for _, x := range c.Limits {
		if found, limit, unit := readable(x); x.Exceeded {
			out = append(out, fmt.Sprintf("%s %s (at most %s)", result.FigureName(x.Figure), unitText(found, unit), unitText(limit, unit)))
		}
	}
	return strings.Join(out, ", ")
}

// readable is a checked figure and its limit in the unit that people read.
func readable(x result.Checked) (found, limit float64, unit string) {
	if x.Unit == "share" {
		return 100 * x.Found, 100 * x.Limit, "%"
	}
	return x.Found, x.Limit, x.Unit
}

func unitText(f float64, unit string) string {
	switch unit {
	case "%":
		return briefText(f) + "%"
	case "USD":
		return "$" + briefText(f)
	}
	return briefText(f) + " " + unit
}

// brief shows a figure of any unit with five significant digits; exact formats
// keep all of it.
func brief(f float64) Cell { return Num(f).Show(briefText(f)) }

func briefText(f float64) string {
	digits := 5
	for x := max(f, -f); x >= 1 && digits > 0; x /= 10 {
		digits--
	}
	text := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return Thousands(text)
}

// briefOpt is brief for a figure that may be undefined.
func briefOpt(f *float64) Cell {
	if f == nil {
		return None()
	}
	return brief(*f)
}

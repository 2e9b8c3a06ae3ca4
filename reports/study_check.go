package reports

import (
	"io"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// WriteCheck writes what a check found.
func WriteCheck(w io.Writer, c *result.Check, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, c)
	}
	t := NewTable("check of "+c.Scenario+", step "+c.Step, Column{Name: "figure"}, Column{Name: "found", Kind: Decimal}, Column{Name: "at most", Kind: Decimal},
		Column{Name: "unit"}, Column{Name: "verdict"}).SetKey("check")
	for _, x := range c.Limits {
		found, limit, unit := x.Found, x.Limit, x.Unit
		if unit == "share" {
			found, limit, unit = 100*found, 100*limit, "%"
		}
		verdict := Str("ok").Tone(Good)
		if x.Exceeded {
			verdict = Str("exceeded").Tone(Bad)
		}
		t.Row(Str(x.Figure), brief(found), brief(limit), Str(unit), verdict)
	}
	return Write(w, format, width, color, t)
}

// brief shows a figure of any unit with five significant digits; exact formats
// keep all of it.
func brief(f float64) Cell {
	digits := 5
	for x := max(f, -f); x >= 1 && digits > 0; x /= 10 {
		digits--
	}
	text := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return Num(f).Show(Thousands(text))
}

// briefOpt is brief for a figure that may be undefined.
func briefOpt(f *float64) Cell {
	if f == nil {
		return None()
	}
	return brief(*f)
}

package reports

import (
	"fmt"
	"io"

	"quotawall/scenarios/result"
)

// WriteScenarioCheck writes what a check of a scenario found.
func WriteScenarioCheck(w io.Writer, c *result.ScenarioCheck, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, c)
	}
	verdict := Str("fine").Tone(Good)
	if !c.OK {
		verdict = Str("mistakes").Tone(Bad)
	}
	sum := NewTable("check of "+c.Scenario, Column{Name: "scenario"}, Column{Name: "verdict"}, Column{Name: "steps", Kind: Count}, Column{Name: "mistakes", Kind: Count}).SetKey("check")
	sum.Row(Str(c.Scenario), verdict, Int(int64(len(c.Steps))), Int(int64(len(c.Mistakes)+c.More)))
	list := NewTable("mistakes", Column{Name: "file"}, Column{Name: "line", Kind: Count}, Column{Name: "column", Kind: Count}, Column{Name: "what", Wrap: 24}, Column{Name: "what to do", Key: "hint", Wrap: 20})
	for _, m := range c.Mistakes {
		list.Row(OptStr(m.File), intOpt(m.Line), intOpt(m.Column), Str(m.What), OptStr(m.Hint))
	}
	if c.More > 0 {
		list.Note(fmt.Sprintf("and %d more mistakes", c.More))
	}
	return Write(w, format, width, color, sum, list)
}

func intOpt(n *int) Cell {
	if n == nil {
		return None()
	}
	return Int(int64(*n))
}

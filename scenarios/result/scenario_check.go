package result

import (
	"strconv"
	"strings"
)

// ScenarioCheckSchema names the JSON contract of ScenarioCheck.
const ScenarioCheckSchema = "quotawall.scenario-check/v1"

// ScenarioCheck is what a check of a scenario found.
type ScenarioCheck struct {
	Schema   string    `json:"schema"`
	Scenario string    `json:"scenario"`
	OK       bool      `json:"ok"`
	Steps    []string  `json:"steps"`    // names; none where there are mistakes
	Mistakes []Mistake `json:"mistakes"` // the first twenty
	More     int       `json:"more"`     // mistakes beyond those
}

// Mistake is one mistake of an input; file, line and column are null where it
// stands in no file, as on a command line.
type Mistake struct {
	File   *string `json:"file"`
	Line   *int    `json:"line"`
	Column *int    `json:"column"`
	What   string  `json:"what"`
	Hint   *string `json:"hint"` // what to do
}

// AddMistakes reads an error's text: a mistake a line, hints indented below it,
// a line that begins with file:line:column or with file of one of files.
func (c *ScenarioCheck) AddMistakes(text string, files []string) {
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if hint, ok := strings.CutPrefix(line, "  "); ok && len(c.Mistakes) > 0 {
			c.Mistakes[len(c.Mistakes)-1].addHint(hint)
			continue
		}
		if more, ok := strings.CutPrefix(line, "and "); ok {
			if n, err := strconv.Atoi(strings.TrimSuffix(more, " more mistakes")); err == nil {
				c.More += n
				continue
			}
		}
		c.Mistakes = append(c.Mistakes, mistakeOf(line, files))
	}
}

func (m *Mistake) addHint(hint string) {
	if m.Hint != nil {
		hint = *m.Hint + "\n" + hint
	}
	m.Hint = &hint
}

func mistakeOf(line string, files []string) Mistake {
	for _, file := range files {
		rest, ok := strings.CutPrefix(line, file+":")
		if !ok {
			continue
		}
		m := Mistake{File: &file, What: strings.TrimPrefix(rest, " ")}
		parts := strings.SplitN(rest, ":", 3)
		if len(parts) < 3 {
			return m
		}
		row, err := strconv.Atoi(parts[0])
		column, err2 := strconv.Atoi(parts[1])
		if err == nil && err2 == nil {
			m.Line, m.Column, m.What = &row, &column, strings.TrimPrefix(parts[2], " ")
		}
		return m
	}
	return Mistake{What: line}
}

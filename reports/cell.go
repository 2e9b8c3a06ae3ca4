package reports

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// Cell is one value: exact for CSV and JSON, shown by its column's kind.
// The zero Cell is an undefined value.
type Cell struct {
	exact string  // a text, or a number in JSON's syntax
	num   float64 // the number, for scales
	is    cellType
	show  *string
	tone  Tone
	notes []string
}

type cellType int

const (
	undefined cellType = iota
	text
	number
)

// Tone is how a cell should strike the eye where there is colour; its text
// must say the same without.
type Tone int

const (
	Plain Tone = iota
	Good
	Bad
)

// None is an undefined value: null in JSON, empty in CSV, "-" elsewhere.
func None() Cell { return Cell{} }

// Str is a text.
func Str(s string) Cell { return Cell{exact: s, is: text} }

// Int is a whole number.
func Int[T ~int | ~int64 | ~int32](n T) Cell {
	return Cell{exact: strconv.FormatInt(int64(n), 10), num: float64(n), is: number}
}

// Num is a number; NaN and infinities are undefined.
func Num(f float64) Cell {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return None()
	}
	return Cell{exact: strconv.FormatFloat(f, 'f', -1, 64), num: f, is: number}
}

// Opt is a number that may be undefined.
func Opt(f *float64) Cell {
	if f == nil {
		return None()
	}
	return Num(*f)
}

// OptStr is a text that may be undefined.
func OptStr(s *string) Cell {
	if s == nil {
		return None()
	}
	return Str(*s)
}

// Cnt is a count: whole, or a mean over replications.
func Cnt(n result.Count) Cell { return Num(float64(n)) }

// Dec is an exact decimal, such as a price; what is none is shown as a text.
func Dec(d json.Number) Cell {
	f, err := d.Float64()
	if err != nil || !json.Valid([]byte(d)) {
		return Str(string(d))
	}
	return Cell{exact: string(d), num: f, is: number}
}

// Nano is money in nano-dollars; its exact value is in dollars.
func Nano(n int64) Cell {
	return Cell{exact: nanoText(n), num: float64(n) / 1e9, is: number}
}

// nanoText writes nano-dollars as an exact decimal of dollars.
func nanoText(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) < 10 {
		digits = strings.Repeat("0", 10-len(digits)) + digits
	}
	whole, frac := digits[:len(digits)-9], strings.TrimRight(digits[len(digits)-9:], "0")
	if frac == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}

// Show replaces what people see; CSV and JSON keep the exact value.
func (c Cell) Show(s string) Cell {
	c.show = &s
	return c
}

// Note attaches a footnote; equal texts share a number within a table.
func (c Cell) Note(text string) Cell {
	c.notes = append(slices.Clone(c.notes), text)
	return c
}

// Tone colours the cell where there is colour.
func (c Cell) Tone(t Tone) Cell {
	c.tone = t
	return c
}

package scan

import (
	"math"
	"strconv"
	"strings"
)

const (
	zeros  = 0x3030303030303030
	sevens = 0x7676767676767676
	highs  = 0x8080808080808080
)

// Digits reads the run of decimal digits at data[p:], looking at no more than
// eight bytes past it, which must be within the capacity of data. It returns
// the value, where the run ends, and whether there was a value below 2^63.
func Digits(data []byte, p int) (value int64, end int, ok bool) {
	w := WordAt(data, p)
	n := w.Digits()
	switch n {
	case 0:
		return 0, p, false
	case 8:
		return moreDigits(data, p+8, w.Value(8))
	}
	return w.Value(n), p + int(n), true
}

// eight is the number in eight digit values, the first in the lowest byte.
func eight(t uint64) uint64 {
	t = t*10 + t>>8
	return ((t&0x000000ff000000ff)*0x000f424000000064 + (t>>16&0x000000ff000000ff)*0x0000271000000001) >> 32
}

func moreDigits(data []byte, p int, value int64) (int64, int, bool) {
	fits := true
	for ; data[p] >= '0' && data[p] <= '9'; p++ {
		d := int64(data[p] - '0')
		if value > (math.MaxInt64-d)/10 {
			fits = false
			continue
		}
		value = value*10 + d
	}
	return value, p, fits
}

// Fault says why a number is none.
type Fault string

// Faults of numbers; the texts finish the sentence "column x ...".
const (
	Fine       Fault = ""
	NotANumber Fault = "is not a whole number"
	Negative   Fault = "is negative"
	// TooLarge is Decimal's, whose callers know the unit to name the bound in.
	TooLarge Fault = "is too large"
)

// Above is the fault of a number larger than most.
func Above(most int64) Fault { return above(strconv.FormatInt(most, 10)) }

// AboveScaled is the fault of a number that, times 10^shift, is larger than
// most, a power of ten.
func AboveScaled(most int64, shift int) Fault {
	text := strconv.FormatInt(most, 10)
	if shift < 0 {
		return above(text + strings.Repeat("0", -shift))
	}
	return above(text[:max(1, len(text)-shift)])
}

// Deeper is the fault of what lies in more of its kind than most.
func Deeper(most int64) Fault {
	return Fault("nests too deep (at most " + strconv.FormatInt(most, 10) + " levels)")
}

func above(most string) Fault { return TooLarge + Fault(" (at most "+most+")") }

// Whole reads the whole of text as a number from 0 to most. A fraction that is
// zero is allowed, as in "51234.0".
func Whole(text []byte, most int64) (int64, Fault) {
	var value int64
	for i, c := range text {
		if c < '0' || c > '9' {
			return wholeSlowly(text, most)
		}
		if i > 17 {
			return wholeSlowly(text, most)
		}
		value = value*10 + int64(c-'0')
	}
	if len(text) == 0 {
		return 0, NotANumber
	}
	if value > most {
		return 0, Above(most)
	}
	return value, Fine
}

func wholeSlowly(text []byte, most int64) (int64, Fault) {
	value, exact, fault := decimal(text, 0)
	switch {
	case fault == TooLarge, fault == Fine && exact && value > most:
		return 0, Above(most)
	case fault != Fine:
		return 0, fault
	case !exact:
		return 0, NotANumber
	}
	return value, Fine
}

// Decimal reads a decimal number times ten to the power of scale, rounded half
// to even.
func Decimal(text []byte, scale int) (int64, Fault) {
	value, _, fault := decimal(text, scale)
	return value, fault
}

func decimal(text []byte, scale int) (value int64, exact bool, fault Fault) {
	var mantissa int64
	digits, point := 0, -1
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9' && digits < 18:
			mantissa = mantissa*10 + int64(c-'0')
			digits++
		case c == '.' && point < 0 && i > 0:
			point = digits
		default:
			return decimalSlowly(text, scale)
		}
	}
	if digits == 0 {
		return 0, false, NotANumber
	}
	shift := scale
	if point >= 0 {
		shift -= digits - point
	}
	return shifted(mantissa, shift)
}

// shifted is mantissa x 10^shift, rounded half to even.
func shifted(mantissa int64, shift int) (int64, bool, Fault) {
	if shift >= 0 {
		for range shift {
			if mantissa > math.MaxInt64/10 {
				return 0, false, TooLarge
			}
			mantissa *= 10
		}
		return mantissa, true, Fine
	}
	if shift < -18 { // below a tenth
		return 0, mantissa == 0, Fine
	}
	unit := int64(1)
	for range -shift {
		unit *= 10
	}
	q, r := mantissa/unit, mantissa%unit
	if half := unit - r; r > half || r == half && q&1 == 1 {
		q++
	}
	return q, r == 0, Fine
}

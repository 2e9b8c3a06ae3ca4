package scan

import "math"

// farthest bounds exponents: beyond it a number is 0 or too large, whatever its
// digits, since no line has as many.
const farthest = 1 << 27

// number is a decimal number taken apart: its digits are those of text, with
// or without a point, and its value has whole of them before the point.
type number struct {
	text     []byte
	negative bool
	whole    int
}

// decimalSlowly takes signs, exponents and any number of digits.
func decimalSlowly(text []byte, scale int) (int64, bool, Fault) {
	n, ok := apart(text)
	if !ok {
		return 0, false, NotANumber
	}
	value, exact, fault := n.round(n.whole + scale)
	if n.negative && (value != 0 || !exact || fault != Fine) {
		return 0, false, Negative
	}
	return value, exact, fault
}

// apart reads [+-]digits[.digits][e[+-]digits]; one side of the point may be empty.
func apart(text []byte) (n number, ok bool) {
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		n.negative = text[0] == '-'
		text = text[1:]
	}
	end, digits, point := 0, 0, -1
	for ; end < len(text); end++ {
		c := text[end]
		if c == '.' && point < 0 {
			point = digits
		} else if c >= '0' && c <= '9' {
			digits++
		} else {
			break
		}
	}
	n.text, n.whole = text[:end], digits
	if point >= 0 {
		n.whole = point
	}
	power, ok := exponent(text[end:])
	n.whole += power
	return n, ok && digits > 0
}

// exponent reads "", or an e with a whole number behind it.
func exponent(text []byte) (power int, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0] != 'e' && text[0] != 'E' {
		return 0, false
	}
	text = text[1:]
	sign := 1
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		power = min(power*10+int(c-'0'), farthest)
	}
	return sign * power, len(text) > 0
}

// round is the number that the first whole digits make, by the others rounded
// half to even. Digits that are not there are zeros.
func (n number) round(whole int) (value int64, exact bool, fault Fault) {
	at, half, more := 0, byte(0), false
	for _, c := range n.text {
		if c == '.' {
			continue
		}
		d := c - '0'
		switch {
		case at < whole:
			if value > (math.MaxInt64-int64(d))/10 {
				return 0, false, TooLarge
			}
			value = value*10 + int64(d)
		case at == whole:
			half = d
		default:
			more = more || d != 0
		}
		at++
	}
	for ; at < whole && value != 0; at++ {
		if value > math.MaxInt64/10 {
			return 0, false, TooLarge
		}
		value *= 10
	}
	if half > 5 || half == 5 && (more || value&1 == 1) {
		if value == math.MaxInt64 {
			return 0, false, TooLarge
		}
		value++
	}
	return value, half == 0 && !more, Fine
}

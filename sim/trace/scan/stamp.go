package scan

import (
	"bytes"
	"time"
)

// Faults of time stamps.
const (
	NotAStamp Fault = "is not a date and time"
	NotADate  Fault = "is no date that exists"
)

const microsPerDay = 86_400_000_000

// The days of the years 1 to 9999, counted from 1970-01-01.
const (
	firstDay = -719_162
	lastDay  = 2_932_896
)

// Stamp reads a date and time as microseconds since 1970-01-01T00:00:00Z:
// "2026-10-05T09:12:31.482Z", "2026-10-05 09:12:31.4821234",
// "2026/10/05 09:12:31", an offset as "+02:00", "+0200" or "UTC" after it.
// Without a zone it is UTC. Decimals beyond the sixth round half to even. The
// years, in UTC, are 1 to 9999.
func Stamp(text []byte) (int64, Fault) {
	if len(text) < 10 || !separators(text) {
		return 0, NotAStamp
	}
	year, ok1 := pair(text, 0)
	century := year
	year, ok2 := pair(text, 2)
	year += 100 * century
	month, ok3 := pair(text, 5)
	day, ok4 := pair(text, 8)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, NotAStamp
	}
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, NotADate
	}
	micros := daysSince1970(year, month, day) * microsPerDay
	if len(text) > 10 {
		clock, used, fault := clockTime(text[11:])
		if fault != Fine {
			return 0, fault
		}
		offset, fault := zone(text[11+used:])
		if fault != Fine {
			return 0, fault
		}
		micros += clock - offset
	}
	if micros < firstDay*microsPerDay || micros > lastDay*microsPerDay+microsPerDay-1 {
		return 0, NotADate
	}
	return micros, Fine
}

func separators(t []byte) bool {
	dash := t[4] == '-' && t[7] == '-' || t[4] == '/' && t[7] == '/'
	return dash && (len(t) == 10 || len(t) >= 16 && (t[10] == ' ' || t[10] == 'T' || t[10] == 't'))
}

// clockTime reads "09:12", "09:12:31" or "09:12:31.482" and how many bytes it took.
func clockTime(t []byte) (micros int64, used int, fault Fault) {
	hour, ok1 := pair(t, 0)
	minute, ok2 := pair(t, 3)
	if !ok1 || !ok2 || t[2] != ':' {
		return 0, 0, NotAStamp
	}
	used = 5
	second := int64(0)
	if len(t) >= 8 && t[5] == ':' {
		s, ok := pair(t, 6)
		if !ok {
			return 0, 0, NotAStamp
		}
		second, used = s, 8
	}
	if hour > 23 || minute > 59 || second > 60 {
		return 0, 0, NotADate
	}
	micros = (hour*3600 + minute*60 + second) * 1_000_000
	if used < len(t) && (t[used] == '.' || t[used] == ',') && used == 8 {
		first := used + 1
		for used = first; used < len(t) && t[used] >= '0' && t[used] <= '9'; used++ {
		}
		if used == first {
			return 0, 0, NotAStamp
		}
		micros += fraction(t[first:used])
	}
	return micros, used, Fine
}

// fraction is the decimals of a second in microseconds, rounded half to even.
func fraction(digits []byte) (micros int64) {
	for i := range 6 {
		micros *= 10
		if i < len(digits) {
			micros += int64(digits[i] - '0')
		}
	}
	if len(digits) <= 6 {
		return micros
	}
	above := digits[6] > '5' || digits[6] == '5' && bytes.ContainsAny(digits[7:], "123456789")
	if above || digits[6] == '5' && micros&1 == 1 {
		micros++
	}
	return micros
}

// zone reads what follows the time of day, as microseconds east of UTC.
func zone(t []byte) (int64, Fault) {
	if len(t) > 0 && t[0] == ' ' {
		t = t[1:]
	}
	switch string(t) {
	case "", "Z", "z", "UTC", "GMT", "+00":
		return 0, Fine
	}
	if len(t) < 3 || t[0] != '+' && t[0] != '-' {
		return 0, NotAStamp
	}
	hours, ok := pair(t, 1)
	minutes := int64(0)
	rest := t[3:]
	if len(rest) > 0 && rest[0] == ':' {
		rest = rest[1:]
	}
	if len(rest) == 2 {
		m, good := pair(rest, 0)
		minutes, ok = m, ok && good
	} else if len(rest) != 0 {
		return 0, NotAStamp
	}
	if !ok || hours > 15 || minutes > 59 {
		return 0, NotAStamp
	}
	east := (hours*60 + minutes) * 60_000_000
	if t[0] == '-' {
		east = -east
	}
	return east, Fine
}

// pair reads the two digits at t[i:].
func pair(t []byte, i int) (int64, bool) {
	if i+2 > len(t) {
		return 0, false
	}
	a, b := t[i]-'0', t[i+1]-'0'
	return int64(a)*10 + int64(b), a <= 9 && b <= 9
}

func daysIn(year, month int64) int64 {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts days of the proleptic Gregorian calendar.
// H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
func daysSince1970(year, month, day int64) int64 {
	if month <= 2 {
		year--
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	ofEra := year - era*400
	ofYear := (153*((month+9)%12)+2)/5 + day - 1
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

// Instant is micros after 1970-01-01T00:00:00Z.
func Instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

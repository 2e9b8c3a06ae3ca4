package scan

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// padded is text with the room after it that Digits may look at.
func padded(text string) []byte { return append([]byte(text), make([]byte, Pad)...) }

func TestDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{0,25}`).Draw(t, "digits")
		before := rapid.StringMatching(`[a-z]{0,9}`).Draw(t, "before")
		after := rapid.SampledFrom([]string{",", "\n", " ", "a", ".", "/", ":", "\x00", "\xff", "-"}).Draw(t, "after")
		value, end, ok := Digits(padded(before+digits+after), len(before))
		want, err := strconv.ParseInt(digits, 10, 64)
		if ok != (err == nil) || end != len(before)+len(digits) || ok && value != want {
			t.Fatalf("%q: got %d to %d, %v; want %d, %v", digits, value, end, ok, want, err)
		}
	})
}

// twinDecimal is text x 10^scale, rounded half to even, by rational numbers.
func twinDecimal(text string, scale int) (value int64, exact, ok bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok || r.Sign() < 0 {
		return 0, false, false
	}
	power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil))
	if scale < 0 {
		power.Inv(power)
	}
	r.Mul(r, power)
	twice := new(big.Rat).Add(r, r)
	floor := new(big.Int).Div(r.Num(), r.Denom())
	rest := new(big.Rat).Sub(twice, new(big.Rat).SetInt(new(big.Int).Lsh(floor, 1)))
	switch rest.Cmp(big.NewRat(1, 1)) {
	case 1:
		floor.Add(floor, big.NewInt(1))
	case 0:
		floor.Add(floor, new(big.Int).And(floor, big.NewInt(1)))
	}
	return floor.Int64(), r.IsInt(), floor.IsInt64()
}

func TestDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`\+?[0-9]{1,14}(\.[0-9]{1,20})?([eE][+-]?[0-9])?`),
			rapid.StringMatching(`[0-9]{1,4}\.[0-9]{6}50{0,3}`),
			rapid.StringMatching(`[0-9]{17,90}(\.[0-9]{0,90})?`),
			rapid.StringMatching(`0{0,30}(\.0{0,30})?[0-9]{1,20}(e-?[0-9]{1,3})?`),
			rapid.StringMatching(`[0-9]{1,12}50{0,25}(e[+-]?[0-9]{1,2})?`),
			rapid.SampledFrom([]string{"9223372036854775807", "9223372036854775808", "9223372036854775807.5", "9223372036854775806.5", "0e99999", "00000000000000000000", ".5", "5."}),
		).Draw(t, "text")
		scale := rapid.IntRange(-40, 40).Draw(t, "scale")
		got, exact, fault := decimal([]byte(text), scale)
		want, whole, ok := twinDecimal(text, scale)
		if ok != (fault == Fine) || ok && (got != want || exact != whole) || !ok && fault != TooLarge {
			t.Fatalf("%s x 10^%d: got %d %v %q, want %d %v %v", text, scale, got, exact, fault, want, whole, ok)
		}
	})
}

func TestNumbers(t *testing.T) {
	const above Fault = "is too large (at most 1000000000)"
	cases := []struct {
		text  string
		value int64
		fault Fault
	}{
		{"0", 0, Fine}, {"1000000000", 1_000_000_000, Fine}, {"51234.0", 51234, Fine}, {"1e3", 1000, Fine}, {"0000000000000000000000007", 7, Fine},
		{"1000000001", 0, above}, {"99999999999999999999", 0, above}, {"1e300", 0, above}, {"-1", 0, Negative}, {"-0.5", 0, Negative},
		{"", 0, NotANumber}, {".5", 0, NotANumber}, {"1.5", 0, NotANumber}, {"0x10", 0, NotANumber}, {"1_000", 0, NotANumber}, {"1/2", 0, NotANumber},
		{"Inf", 0, NotANumber}, {"NaN", 0, NotANumber}, {" 1", 0, NotANumber}, {"1e99999", 0, above}, {strings.Repeat("9", 100), 0, above},
		{"0e99999", 0, Fine}, {"1e-99999", 0, NotANumber}, {"1e", 0, NotANumber}, {"1e+", 0, NotANumber}, {"1.2.3", 0, NotANumber}, {".", 0, NotANumber}, {"+", 0, NotANumber},
		{"+7", 7, Fine}, {"-0", 0, Fine}, {"-0.0e5", 0, Fine}, {"-1e-400", 0, Negative}, {"-9e99", 0, Negative}, {"1e5x", 0, NotANumber}, {"--1", 0, NotANumber}, {"1000000000" + strings.Repeat("0", 30) + "e-30", 1_000_000_000, Fine},
	}
	for _, c := range cases {
		if value, fault := Whole([]byte(c.text), 1_000_000_000); value != c.value || fault != c.fault {
			t.Errorf("%q: got %d %q, want %d %q", c.text, value, fault, c.value, c.fault)
		}
	}
	if v, fault := Decimal([]byte("1.0000005"), 6); v != 1_000_000 || fault != Fine {
		t.Errorf("half to even: %d %q", v, fault)
	}
}

func TestStamp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(-62135596800000000, 253402300799999999).Draw(t, "micros")
		at := time.UnixMicro(micros).UTC()
		east := rapid.IntRange(-14*60, 14*60).Draw(t, "minutes east")
		local := at.In(time.FixedZone("", east*60))
		if local.Year() < 1 || local.Year() > 9999 {
			return
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.000000-0700", "2006/01/02 15:04:05.000000 -07:00"} {
			text := local.Format(layout)
			if got, fault := Stamp([]byte(text)); got != micros || fault != Fine {
				t.Fatalf("%s: got %d %q, want %d", text, got, fault, micros)
			}
		}
		if text := at.Format("2006-01-02 15:04:05.000000"); true {
			if got, fault := Stamp([]byte(text)); got != micros || fault != Fine {
				t.Fatalf("%s: got %d %q, want %d", text, got, fault, micros)
			}
		}
		if !Instant(micros).Equal(at) {
			t.Fatal("instant")
		}
	})
}

func TestStampText(t *testing.T) {
	day := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC).UnixMicro()
	nine := day + (9*3600+12*60+31)*1_000_000
	cases := []struct {
		text  string
		want  int64
		fault Fault
	}{
		{"2026-10-05", day, Fine}, {"2026-10-05T09:12:31Z", nine, Fine}, {"2026-10-05 09:12", nine - 31_000_000, Fine},
		{"2026-10-05T09:12:31.4821234Z", nine + 482_123, Fine}, {"2026-10-05T09:12:31.0000005Z", nine, Fine}, {"2026-10-05T09:12:31.0000015Z", nine + 2, Fine},
		{"2026-10-05T09:12:31.00000050001Z", nine + 1, Fine}, {"2026-10-05T09:12:31.9999999Z", nine + 1_000_000, Fine},
		{"2026-10-05 11:12:31+02:00", nine, Fine}, {"2026-10-05 11:12:31+02", nine, Fine}, {"2026/10/05 09:12:31 UTC", nine, Fine}, {"2026-10-05T09:12:31,5", nine + 500_000, Fine},
		{"2024-02-29", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC).UnixMicro(), Fine},
		{"2026-02-29", 0, NotADate}, {"2026-13-01", 0, NotADate}, {"2026-10-05 24:00:00", 0, NotADate}, {"2026-10-00", 0, NotADate},
		{"0001-01-01", firstDay * microsPerDay, Fine}, {"0000-12-31", 0, NotADate}, {"0001-01-01 00:30:00+01:00", 0, NotADate},
		{"9999-12-31", lastDay * microsPerDay, Fine}, {"9999-12-31 23:30:00-01:00", 0, NotADate},
		{"", 0, NotAStamp}, {"2026-10-5", 0, NotAStamp}, {"05.10.2026 09:12:31", 0, NotAStamp}, {"2026-10-05T", 0, NotAStamp}, {"2026-10-05T09:12:31.", 0, NotAStamp},
		{"2026-10-05T09:12:31 CEST", 0, NotAStamp}, {"2026-10-05T09:12:31+25:00", 0, NotAStamp}, {"1759655551", 0, NotAStamp}, {"2026-10/05", 0, NotAStamp},
	}
	for _, c := range cases {
		if got, fault := Stamp([]byte(c.text)); fault != c.fault || fault == Fine && got != c.want {
			t.Errorf("%q: got %d %q, want %d %q", c.text, got, fault, c.want, c.fault)
		}
	}
}

func TestErrorText(t *testing.T) {
	e := &Error{Position: Position{File: "a\x1b.csv", Line: 3, Column: 7}, Reason: "is wrong", Detail: Quote(strings.Repeat("é", 30))}
	if got := e.Error(); strings.ContainsRune(got, '\x1b') || !strings.HasPrefix(got, `"a\x1b.csv":3:7: is wrong: "ééé`) || !strings.HasSuffix(got, "...") {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprint(Position{File: "x"}, " ", Position{File: "x", Line: 2}); got != "x x:2" {
		t.Errorf("%q", got)
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"1", "1.5", "1e3", "-0", "2026-10-05T09:12:31.482Z", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, fault := Whole([]byte(s), math.MaxInt64); fault == Fine && v < 0 {
			t.Errorf("%q: %d", s, v)
		}
		if v, fault := Decimal([]byte(s), 6); fault == Fine && v < 0 {
			t.Errorf("%q: %d", s, v)
		}
		_, _ = Stamp([]byte(s))
	})
}

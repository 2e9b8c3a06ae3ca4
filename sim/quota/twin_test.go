package quota

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// scan is a limit's dumb twin: every charge there ever was in a list, summed
// anew at each question. Buckets are an exact level.
type scan struct {
	Config
	now     unit.Time
	charges []scanned
	level   *big.Rat
	refill  unit.Time
}

type scanned struct {
	at                unit.Time
	used, open, slack int64
}

func newScan(c Config) *scan { return &scan{Config: c, level: big.NewRat(c.Value, 1)} }

func floorDiv(a, b unit.Time) unit.Time {
	if a%b != 0 && a < 0 {
		return a/b - 1
	}
	return a / b
}

// inWindow reports whether a charge taken at at still counts now.
func (s *scan) inWindow(at unit.Time) bool {
	switch s.Shape {
	case Fixed:
		return floorDiv(s.Epoch+at-s.Starts, s.Length) == floorDiv(s.Epoch+s.now-s.Starts, s.Length)
	case Sliding:
		return at > s.now-s.Length
	case Rolling:
		return floorDiv(s.Epoch+at, unit.Minute) > floorDiv(s.Epoch+s.now, unit.Minute)-s.Length/unit.Minute
	}
	return true
}

func (s *scan) roll(now unit.Time) {
	s.now = now
	gain := new(big.Rat).Mul(big.NewRat(s.Value, int64(s.Length)), big.NewRat(int64(now-s.refill), 1))
	s.level.Add(s.level, gain)
	s.refill = now
	s.full()
}

func (s *scan) full() {
	if top := big.NewRat(s.Value, 1); s.level.Cmp(top) > 0 {
		s.level = top
	}
}

func (s *scan) sums() (used, open, slack int64) {
	for _, c := range s.charges {
		if s.inWindow(c.at) {
			used, open, slack = used+c.used, open+c.open, slack+c.slack
		}
	}
	if s.Shape == Bucket {
		whole := new(big.Int).Div(s.level.Num(), s.level.Denom()) // Euclidean: rounds down
		used = s.Value - whole.Int64()
	}
	return used, open, slack
}

func (s *scan) charge(amount, open, slack int64) {
	s.charges = append(s.charges, scanned{s.now, amount, open, slack})
	s.level.Sub(s.level, big.NewRat(amount, 1))
}

// change settles charge i (final) or moves it: closes is what leaves the open part.
func (s *scan) change(i int, closes, refund int64) (credited, dropped int64) {
	c := &s.charges[i]
	c.open, c.slack = c.open-closes, c.slack-refund
	switch {
	case refund < 0:
		s.charge(-refund, 0, 0)
		return 0, 0
	case s.Shape == Bucket:
		s.level.Add(s.level, big.NewRat(refund, 1))
		s.full()
		return refund, 0
	case s.Current:
		left := refund
		for k := len(s.charges) - 1; k >= 0; k-- {
			if d := &s.charges[k]; s.inWindow(d.at) {
				off := min(left, d.used)
				d.used, left = d.used-off, left-off
			}
		}
		return refund - left, left
	case s.inWindow(c.at):
		c.used -= refund
		return refund, 0
	}
	return 0, refund
}

// held is a reservation that both twins have open.
type held struct {
	ticket        Ticket
	index         int
	charge, final int64
}

// Every shape of window agrees with a scan over all charges after any sequence
// of reservations, charges, adjustments and settlements, with either refund.
func TestLimitAgainstScan(t *testing.T) {
	for name, shape := range map[string]Shape{"fixed": Fixed, "sliding": Sliding, "bucket": Bucket, "rolling": Rolling} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) { compareTwins(t, shape) }))
	}
}

func compareTwins(t *rapid.T, shape Shape) {
	c := Config{
		Shape: shape, Value: rapid.Int64Range(0, 1000).Draw(t, "value"), Length: unit.Minute,
		Epoch:   unit.Time(rapid.Int64Range(0, int64(2*unit.Day)).Draw(t, "epoch")),
		Current: rapid.Bool().Draw(t, "current"),
	}
	if shape == Rolling || shape != Sliding && rapid.Bool().Draw(t, "a day") {
		c.Length, c.Starts = unit.Day, unit.Time(rapid.Int64Range(0, 1439).Draw(t, "starts"))*unit.Minute
	}
	l, s := New(c), newScan(c)
	var open []held
	now := unit.Time(0)
	for range rapid.IntRange(1, 150).Draw(t, "steps") {
		if rapid.IntRange(0, 2).Draw(t, "move") > 0 {
			now += unit.Time(rapid.Int64Range(0, int64(c.Length)).Draw(t, "by") >> rapid.IntRange(0, 20).Draw(t, "shift"))
		}
		l.Roll(now)
		s.roll(now)
		open = step(t, l, s, open)
		agree(t, l, s, rapid.Int64Range(0, 1200).Draw(t, "probe"))
	}
}

// step does the same thing to both twins.
func step(t *rapid.T, l *Limit, s *scan, open []held) []held {
	amount := rapid.Int64Range(0, 400).Draw(t, "amount")
	action := rapid.SampledFrom([]string{"take", "take", "charge", "settle", "settle", "adjust"}).Draw(t, "action")
	if len(open) == 0 && action != "charge" {
		action = "take"
	}
	switch action {
	case "take":
		final := rapid.Int64Range(0, 600).Draw(t, "final")
		if l.Fits(amount) {
			ticket := l.Take(s.now, amount, final)
			s.charge(amount, amount, amount-final)
			open = append(open, held{ticket, len(s.charges) - 1, amount, final})
		}
	case "charge":
		if l.Fits(amount) {
			l.Charge(s.now, amount)
			s.charge(amount, 0, 0)
		}
	default:
		i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
		h := &open[i]
		if action == "adjust" {
			credited, dropped := l.Adjust(s.now, h.ticket, h.charge, amount)
			c2, d2 := s.change(h.index, h.charge-amount, h.charge-amount)
			same(t, "credited", credited, c2)
			same(t, "dropped", dropped, d2)
			h.charge = amount
			return open
		}
		credited, dropped := l.Settle(s.now, h.ticket, h.charge, h.final)
		c2, d2 := s.change(h.index, h.charge, h.charge-h.final)
		same(t, "credited", credited, c2)
		same(t, "dropped", dropped, d2)
		open = append(open[:i], open[i+1:]...)
	}
	return open
}

// agree asks both twins everything a limit can be asked.
func agree(t *rapid.T, l *Limit, s *scan, probe int64) {
	used, open, slack := s.sums()
	same(t, "used", l.Used(), used)
	same(t, "headroom", l.Headroom(), s.Value-used)
	same(t, "fits", l.Fits(probe), used+probe <= s.Value)
	same(t, "fits when settled", l.FitsWhenSettled(probe), max(0, used-slack)+probe <= s.Value)
	same(t, "settled", l.Settled(), max(0, used-open))
}

func same[T comparable](t *rapid.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, the scan says %v", what, got, want)
	}
}

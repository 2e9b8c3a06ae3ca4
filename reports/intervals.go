package reports

import (
	"maps"
	"math"
	"slices"

	"quotawall/scenarios/result"
)

// headlineIntervals are the intervals of cost and shares, a row a step.
func headlineIntervals(run *result.Run) *Table {
	t := NewTable("95 % intervals of the headline", Column{Name: "step", Wrap: 16},
		Column{Name: "cost per month, low", Key: "month_usd_low", Kind: Money}, Column{Name: "high", Key: "month_usd_high", Kind: Money},
		Column{Name: "served req., low", Key: "served_share_low", Kind: Share}, Column{Name: "high", Key: "served_share_high", Kind: Share},
		Column{Name: "served tokens, low", Key: "served_token_share_low", Kind: Share}, Column{Name: "high", Key: "served_token_share_high", Kind: Share},
	).SetKey("headline_intervals")
	for _, s := range run.Steps {
		row := []Cell{Str(s.Name)}
		for _, name := range []string{"month_usd", "served_share", "served_token_share"} {
			if i, known := s.Intervals[name]; known {
				row = append(row, Num(i[0]), Num(i[1]))
			} else {
				row = append(row, None(), None())
			}
		}
		if len(s.Intervals) > 0 {
			t.Row(row...)
		}
	}
	return t
}

// intervalTable is the intervals of a run with replications.
func intervalTable(run *result.Run) *Table {
	t := NewTable("95 % intervals", Column{Name: "step", Group: true}, Column{Name: "figure"},
		Column{Name: "low", Kind: Decimal}, Column{Name: "high", Kind: Decimal}).SetKey("intervals")
	for _, s := range run.Steps {
		for _, k := range slices.Sorted(maps.Keys(s.Intervals)) {
			t.Row(Str(s.Name), Str(k), figure(s.Intervals[k][0]), figure(s.Intervals[k][1]))
		}
	}
	return t
}

// differenceTable is what each step changed, paired by replication.
func differenceTable(run *result.Run) *Table {
	t := NewTable("differences to the step before, paired by replication, with 95 % intervals", Column{Name: "step", Group: true}, Column{Name: "figure"},
		Column{Name: "mean", Kind: Decimal}, Column{Name: "low", Kind: Decimal}, Column{Name: "high", Kind: Decimal}).SetKey("differences")
	for _, s := range run.Steps {
		for _, k := range slices.Sorted(maps.Keys(s.Differences)) {
			d := s.Differences[k]
			t.Row(Str(s.Name), Str(k), figure(d[0]), figure(d[1]), figure(d[2]))
		}
	}
	return t
}

// figure is a number of unknown kind, shown with three digits or more.
func figure(f float64) Cell {
	size := math.Abs(f)
	return Num(f).Show(scale{div: 1, decimals: digits(size, size)}.format(Num(f)))
}

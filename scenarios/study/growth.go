package study

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"quotawall/sim/unit"
)

// ParseGrowth reads how demand grows: "15%" a month, "10%..20%" with the middle
// expected, "10%,15%,20%" (low, expected, high), or a table of factors by month,
// "3=1.5,6=4", between which growth is even and after which demand stays: what a
// table does not say is not made up.
func ParseGrowth(text string, months int, from time.Time) (Outlook, error) {
	o := Outlook{From: from}
	if months < 1 || months > MaxMonths {
		return o, fmt.Errorf("a forecast of %d months is not between 1 and %d", months, MaxMonths)
	}
	if strings.Contains(text, "=") {
		factor, last, err := growthTable(text)
		for month := range months + 1 {
			f := factor(min(month, last))
			o.Factors = append(o.Factors, [3]float64{f, f, f})
		}
		if months > last {
			o.Held = last
		}
		return o, err
	}
	var err error
	if o.Growth, err = growthRates(text); err != nil {
		return o, err
	}
	for month := range months + 1 {
		var f [3]float64
		for i, g := range o.Growth {
			f[i] = math.Pow(1+g, float64(month))
		}
		o.Factors = append(o.Factors, f)
	}
	if top := o.Factors[months][highGrowth]; top > maxFactor {
		return o, fmt.Errorf("growth of %s makes %.0f times the demand in %d months; at most %d times is simulated", text, top, months, maxFactor)
	}
	return o, nil
}

// maxFactor bounds how much a forecast multiplies demand.
const maxFactor = 10_000

func growthRates(text string) (g [3]float64, err error) {
	parts := strings.Split(text, ",")
	if low, high, isRange := strings.Cut(text, ".."); isRange {
		parts = []string{low, "", high}
	}
	if len(parts) == 1 {
		parts = []string{text, text, text}
	}
	if len(parts) != 3 {
		return g, fmt.Errorf("growth %q: write 15%%, 10%%..20%% or 10%%,15%%,20%% (low, expected, high)", text)
	}
	for i, p := range parts {
		if p == "" && i == 1 {
			continue
		}
		r, err := unit.ParseRatio(p)
		if err != nil {
			return g, fmt.Errorf("growth a month: %w", err)
		}
		g[i] = r.Float()
	}
	if parts[1] == "" {
		g[1] = (g[0] + g[2]) / 2
	}
	if g[0] > g[1] || g[1] > g[2] {
		return g, fmt.Errorf("growth %q: low, expected and high are not in rising order", text)
	}
	return g, nil
}

// growthTable is the factor of demand by month up to the last of a table's months.
func growthTable(text string) (factor func(month int) float64, last int, err error) {
	at, factors := []float64{0}, []float64{1}
	for part := range strings.SplitSeq(text, ",") {
		m, f, _ := strings.Cut(part, "=")
		month, err := strconv.Atoi(strings.TrimSpace(m))
		factor, err2 := strconv.ParseFloat(strings.TrimSpace(f), 64)
		if err != nil || err2 != nil || !(factor > 0 && factor <= maxFactor) || float64(month) <= at[len(at)-1] {
			return func(int) float64 { return 1 }, 0, fmt.Errorf("growth table %q: write rising months and factors above 0, as in 3=1.5,6=4", text)
		}
		at, factors = append(at, float64(month)), append(factors, factor)
	}
	return func(month int) float64 {
		i := 1
		for i < len(at)-1 && float64(month) > at[i] {
			i++
		}
		part := (float64(month) - at[i-1]) / (at[i] - at[i-1])
		return factors[i-1] * math.Pow(factors[i]/factors[i-1], part)
	}, int(at[len(at)-1]), nil
}

package html

import (
	"quotawall/reports"
	"quotawall/reports/chart"
)

// sections are the parts of the report in order, without empty ones.
func (r Report) sections() ([]Section, error) {
	charts, err := chart.FromRun(r.Run)
	if err != nil {
		return nil, err
	}
	var general, stepwise []*chart.Chart
	for _, c := range charts {
		if c.Step < 0 {
			general = append(general, c)
		} else {
			stepwise = append(stepwise, c)
		}
	}
	all := []Section{
		{Title: "The steps", Text: []string{"Every step sees the same arrivals. Read each cost beside what it failed to serve."},
			Tables: tables(r, "steps", "headline_intervals", "settings")},
		{Title: "Pictures", Charts: general},
		{Title: "When each cap is hit", Tables: tables(r, "caps", "unserved"), Charts: stepwise},
		{Title: "What became of the traffic", Tables: tables(r, "classes", "lanes")},
		{Title: "The bill", Tables: tables(r, "bill")},
		{Title: "Assumptions and readings", Tables: tables(r, "assumptions", "readings")},
		{Title: "Intervals and differences", Tables: tables(r, "intervals", "differences")},
	}
	var kept []Section
	for _, s := range append(all, r.Extra...) {
		if len(s.Tables)+len(s.Charts) > 0 || len(s.Text) > 0 {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

// tables picks a run's tables by their keys.
func tables(r Report, keys ...string) []*reports.Table {
	var out []*reports.Table
	for _, key := range keys {
		for _, t := range reports.RunTables(r.Run) {
			if t.Key() == key {
				out = append(out, t)
			}
		}
	}
	return out
}

package pricing

import (
	"strings"
	"testing"
	"time"

	"quotawall/sim/unit"
)

// TestNoPriceBeforeTheRelease: a day on which a model did not exist is no day
// to price it on.
func TestNoPriceBeforeTheRelease(t *testing.T) {
	c := embeddedCatalog(t)
	opus := tokens("claude-opus-4-6", "geo", unit.Input, 1)
	reserved := unit.Usage{Item: unit.ReservedHours, Lane: unit.Reserved, Region: "us-east-1", Scope: "geo", Model: "claude-sonnet-4-6", Kind: unit.Output, Term: "3-months", Quantity: 1, Per: 1}
	batch := opus
	batch.Lane = unit.Batch
	for _, on := range []Date{"1990-01-01", "2026-02-04"} {
		_, err := c.Bill([]unit.Usage{opus, batch, reserved}, func(int) Date { return on })
		if err == nil {
			t.Fatalf("%s: priced", on)
		}
		for _, want := range []string{
			"claude-opus-4-6 has no price on " + string(on) + ": it was released on 2026-02-05 (models.toml)\n  set priced_on to 2026-02-05 or later, or leave it out for the catalog's date, 2026-11-23",
			"claude-sonnet-4-6 has no price on " + string(on) + ": it was released on 2026-02-17",
		} {
			if strings.Count(err.Error(), want) != 1 {
				t.Errorf("%s: %v\nwants %s once", on, err, want)
			}
		}
	}
	if _, err := c.Bill([]unit.Usage{opus, batch}, func(int) Date { return "2026-02-05" }); err != nil {
		t.Error(err)
	}
}

// TestUndatedPricesAreMarked: a row without from that was read after the day.
func TestUndatedPricesAreMarked(t *testing.T) {
	c := embeddedCatalog(t)
	for _, x := range []struct {
		usage unit.Usage
		on    Date
		want  bool
	}{
		{tokens("claude-opus-4-6", "geo", unit.Input, 1), "2026-03-01", true},
		{tokens("claude-opus-4-6", "geo", unit.Input, 1), "2026-11-23", false},
		{tokens("claude-haiku-5-5", "geo", unit.Input, 1), "2026-10-08", false}, // its row has a from
		{unit.Usage{Item: unit.InstanceHours, Lane: unit.SelfHosted, Region: "us-east-1", Model: "ml.g5.xlarge", Quantity: 1, Per: 1}, "2026-03-01", true},
	} {
		lines, err := c.Bill([]unit.Usage{x.usage}, func(int) Date { return x.on })
		if err != nil || lines[0].Undated != x.want {
			t.Errorf("%s on %s: undated %v, want %v (%v)", x.usage.Model, x.on, lines, x.want, err)
		}
	}
}

// TestFirstKnownPriceIsNamed where a day lies before it.
func TestFirstKnownPriceIsNamed(t *testing.T) {
	u := tokens("claude-sonnet-5-5", "geo", unit.Input, 1)
	_, err := embeddedCatalog(t).Bill([]unit.Usage{u}, func(int) Date { return "2026-09-28" })
	if err == nil || !strings.Contains(err.Error(), "on 2026-09-28; the first that the catalog knows holds from 2026-09-29\n") {
		t.Error(err)
	}
}

// TestPeriodsBeginAtTheRelease, so that calls after it are priced.
func TestPeriodsBeginAtTheRelease(t *testing.T) {
	at := func(d Date) time.Time { return d.Time() }
	got := embeddedCatalog(t).Periods([]string{"claude-opus-4-6"}, "geo", "us-east-1", at("2026-02-01"), at("2026-02-09"))
	if len(got) != 1 || DateOf(got[0]) != "2026-02-05" {
		t.Errorf("periods %v", got)
	}
}

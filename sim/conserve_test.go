package sim

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"quotawall/sim/unit"
)

// Whatever levers are mixed: requests, tokens and reservations are conserved
// (the engine's own checks), no admission overfills a limit and the clock never
// goes back (it panics), a drained run leaves nothing under way, lanes, classes
// and the bill add up to the totals, and the same seed gives the same result.
func TestConservation(t *testing.T) {
	scenarios := uint64(2500)
	if testing.Short() {
		scenarios = 300
	}
	for seed := range scenarios {
		if err := conservedAt(seed); err != nil {
			t.Errorf("scenario %d: %v", seed, err)
		}
	}
}

func conservedAt(seed uint64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	d := roll(seed)
	cfg := d.scenario()
	rows := d.traffic(&cfg)
	r, err := tryRun(cfg, rows)
	if err != nil {
		return err
	}
	again, err := tryRun(cfg, rows)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(r, again) {
		return errors.New("a second run gives another result")
	}
	return errors.Join(drained(&cfg, r), addsUp(&cfg, r))
}

// drained checks that only incomplete batch jobs outlive a drained run.
func drained(cfg *Config, r *Result) error {
	if !cfg.Drain {
		return nil
	}
	if r.InFlight != 0 || r.Quota.Held != 0 || r.DayQuota.Held != 0 {
		return fmt.Errorf("drained, but %d in flight, %d and %d tokens held", r.InFlight, r.Quota.Held, r.DayQuota.Held)
	}
	if r.Queued != 0 && (cfg.Queue == nil || cfg.Queue.Batch == nil) {
		return fmt.Errorf("drained, but %d queued", r.Queued)
	}
	return nil
}

// addsUp compares the same counts taken in different places.
func addsUp(cfg *Config, r *Result) error {
	var classes, lanes, onDemand Tokens
	for _, c := range r.Classes {
		classes.add(c.Tokens)
	}
	if classes != r.Tokens {
		return fmt.Errorf("tokens %+v, by class %+v", r.Tokens, classes)
	}
	for _, l := range r.Lanes {
		lanes.add(l.Tokens)
		if l.Way == unit.OnDemand || l.Way == unit.Batch {
			onDemand.add(l.Tokens)
		}
	}
	// Legs of a request, and late batch answers, are paid for and no answer.
	paid := cfg.Routing.Classifier != nil || cfg.Routing.Cascade != nil || cfg.Queue != nil && cfg.Queue.Batch != nil && r.Queue.DeadlineMisses > 0
	if !paid && lanes != r.Tokens || lanes.Output < r.Tokens.Output || lanes.Read < r.Tokens.Read {
		return fmt.Errorf("tokens %+v, by lane %+v", r.Tokens, lanes)
	}
	var billed int64
	for _, u := range r.Usage {
		if u.Item == unit.Tokens && (u.Lane == unit.OnDemand || u.Lane == unit.Batch) {
			billed += u.Quantity
		}
	}
	if billed != onDemand.Input+onDemand.Output {
		return fmt.Errorf("%d tokens billed on demand, %d served", billed, onDemand.Input+onDemand.Output)
	}
	return hoursAddUp(r)
}

func hoursAddUp(r *Result) error {
	var offered, served, unserved, refusals int64
	for _, h := range r.Hours {
		offered, served, unserved, refusals = offered+h.Offered, served+h.Served, unserved+h.Unserved, refusals+h.Refusals
	}
	if offered != r.Offered || served != r.Served || unserved != r.Unserved || refusals != r.Refusals {
		return fmt.Errorf("hours have %d offered, %d served, %d unserved, %d refusals; the run %d, %d, %d, %d",
			offered, served, unserved, refusals, r.Offered, r.Served, r.Unserved, r.Refusals)
	}
	return nil
}

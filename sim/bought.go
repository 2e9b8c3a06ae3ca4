package sim

import (
	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// bought is provisioned or reserved capacity at work: an input and an output
// limit a minute in each account that has it. Consumption (rules R17, R18;
// AWS docs as of Sep/Oct 2026): the Reserved tier counts input + cache write
// against its input limit; model units count input + 1.25 cache write + 0.1
// cache read. Output counts once, without burndown (ambiguity A16).
type bought struct {
	cfg      *Provision
	accounts []*[2]*quota.Limit // nil where an account has none
	way      way
	models   int32
	result   BoughtResult
}

func newBought(cfg *Config) *bought {
	b := &bought{result: BoughtResult{FirstRefused: [2]unit.Time{None, None}, Spent: [2]unit.Time{None, None}}, cfg: cfg.Provisioned, accounts: make([]*[2]*quota.Limit, len(cfg.Accounts)), way: wayOf(cfg.Provisioned.Lane), models: int32(len(cfg.Models))}
	for _, a := range cfg.Provisioned.Accounts {
		pair := new([2]*quota.Limit)
		for i, v := range [...]int64{cfg.Provisioned.InputTPM, cfg.Provisioned.OutputTPM} {
			pair[i] = quota.New(quota.Config{Shape: cfg.Quota.Minute, Value: v, Length: unit.Minute, Epoch: cfg.Epoch})
		}
		b.accounts[a] = pair
	}
	return b
}

// covers reports whether bought capacity exists for an offer's lane now.
func (b *bought) covers(e *Engine, o *offer) bool {
	return b.serves(o.lane) && b.cfg.Schedule.open(e.cfg.Epoch+e.now)
}

// serves reports whether capacity is bought for a lane.
func (b *bought) serves(lane int32) bool {
	return lane%b.models == b.cfg.Model && b.accounts[lane/b.models] != nil
}

// input is what a call counts against the input limit.
func (b *bought) input(o *offer) int64 {
	fresh := o.input - o.split.Read - o.split.Write
	if b.cfg.Lane == unit.ModelUnits {
		return fresh + (125*o.split.Write+10*o.split.Read+99)/100
	}
	return fresh + o.split.Write
}

// hold is what a call must find free under the output limit.
func (b *bought) hold(o *offer) int64 {
	switch {
	case !b.cfg.ReserveOutput:
		return 1
	case b.cfg.BurndownOut:
		return max(0, o.max) * o.model.Burndown
	}
	return max(0, o.max)
}

// admit takes a call into bought capacity, or says which limit is full.
func (b *bought) admit(e *Engine, o *offer, f *flight) Limit {
	account := o.lane / int32(len(e.cfg.Models))
	pair := b.accounts[account]
	input, hold, output := b.input(o), b.hold(o), o.output
	if b.cfg.BurndownOut {
		output *= o.model.Burndown
	}
	for _, l := range pair {
		l.Roll(e.now)
	}
	for i, charge := range [2]int64{input, hold} {
		if !pair[i].Fits(charge) {
			b.refuse(e.now, i, charge > pair[i].Value())
			return [2]Limit{InputTokensPerMinute, OutputTokensPerMinute}[i]
		}
	}
	if !b.cfg.ReserveOutput {
		hold = 0
	}
	pair[0].Charge(e.now, input)
	f.held, f.charge, f.final = ofBought, hold, output
	f.tickets[tpm] = pair[1].Take(e.now, hold, output)
	b.result.Served++
	b.result.Input += input
	b.result.Output += output
	o.way = b.way
	return NoLimit
}

// refuse counts a call that found no room under the input or the output limit.
func (b *bought) refuse(now unit.Time, limit int, large bool) {
	r := &b.result
	if b.cfg.Overflow {
		r.Overflowed++
		return
	}
	r.Refused[limit]++
	if r.FirstRefused[limit] == None {
		r.FirstRefused[limit] = now
	}
	switch {
	case large:
		r.TooLarge[limit]++
	case r.Spent[limit] == None:
		r.Spent[limit] = now
	}
}

// settle charges the output that a call turned out to produce.
func (b *bought) settle(now unit.Time, f *flight) {
	account := f.lane / b.models
	b.accounts[account][1].Settle(now, f.tickets[tpm], f.charge, f.final)
}

// finish adds how long the capacity was open, in all its accounts.
func (b *bought) finish(horizon unit.Time, epoch unit.Time) *BoughtResult {
	r := b.result
	r.Open = b.cfg.Schedule.length(epoch, epoch+horizon) * unit.Time(len(b.cfg.Accounts))
	return &r
}

// boughtUsage is what bought capacity is paid for: by the hour, used or not.
// Only model units without commitment stop with their schedule.
func (e *Engine) boughtUsage() []unit.Usage {
	p := e.cfg.Provisioned
	if p == nil {
		return nil
	}
	paid := e.horizon
	if p.Lane == unit.ModelUnits && p.Term == "no-commit" {
		paid = p.Schedule.length(e.cfg.Epoch, e.cfg.Epoch+e.horizon)
	}
	item := unit.ReservedHours
	if p.Lane == unit.ModelUnits {
		item = unit.UnitHours
	}
	var us []unit.Usage
	for _, a := range p.Accounts {
		for _, x := range p.Bought {
			us = append(us, unit.Usage{
				Item: item, Lane: p.Lane, Account: e.cfg.Accounts[a].Name, Region: e.cfg.Accounts[a].Region,
				Scope: e.cfg.Models[p.Model].Scope, Model: e.cfg.Models[p.Model].ID, Kind: x.Kind, Term: p.Term,
				Quantity: x.Count * int64(paid), Per: unit.MicrosPerHour,
			})
		}
	}
	return us
}

// open reports whether an instant (UTC, microseconds since 1970) is in the
// schedule; a nil schedule is always open.
func (s *Schedule) open(at unit.Time) bool {
	if s == nil {
		return true
	}
	day := (int64(at/unit.Day) + 4) % 7 // 1970-01-01 was a Thursday
	return s.Hours[day]>>(at%unit.Day/unit.Hour)&1 == 1
}

// length is how much of [from, to) the schedule is open.
func (s *Schedule) length(from, to unit.Time) unit.Time {
	if s == nil {
		return to - from
	}
	var sum unit.Time
	for at := from; at < to; {
		next := min(to, (at/unit.Hour+1)*unit.Hour)
		if s.open(at) {
			sum += next - at
		}
		at = next
	}
	return sum
}

// nextOpen is the first instant at or after at that is in the schedule, within
// a week; at itself where there is none.
func (s *Schedule) nextOpen(at unit.Time) unit.Time {
	for t, n := at, 0; n <= 7*24; n++ {
		if s.open(t) {
			return t
		}
		t = (t/unit.Hour + 1) * unit.Hour
	}
	return at
}

package sim

import (
	"cmp"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// oracle is a second engine, written from the design's sentences with sorted
// slices, maps and full scans: slow, short and without any of the engine's
// parts. It knows limits of every shape, cross-model pools, the cache, accounts,
// maps and fallbacks, plain clients, and both loops; nothing random.
type oracle struct {
	cfg    *Config
	now    unit.Time
	events []oracleEvent
	seq    int64
	limits map[int32][4]*oracleLimit
	cache  map[string]*oracleEntry
	all    map[uint64]*oracleSession

	Result
	waits []unit.Time
	rows  []trace.Request
}

type oracleEvent struct {
	at    unit.Time
	kind  kind
	order int64
	do    func()
	lost  func() // what a cut makes of it
}

// oracleCall is a request under way.
type oracleCall struct {
	row          *trace.Request
	place        int
	class, model int32
	max          int64
	home         int
	arrival      unit.Time
	chain        []int32
	model1       int // index into chain
	hop          int
	head         int
	attempts     int
	asked        int32 // lane
	session      *oracleSession
	awaited      bool      // the session's next row waits for this call
	think        unit.Time // and comes so long after its answer
}

func newOracle(cfg *Config) *oracle {
	o := &oracle{cfg: cfg, limits: map[int32][4]*oracleLimit{}, cache: map[string]*oracleEntry{}, all: map[uint64]*oracleSession{}}
	for i, p := range cfg.Pools {
		var ls [4]*oracleLimit
		if p.Model == None {
			ls[3] = newOracleLimit(cfg, TokensPerDayAccount, p.TPD*p.PerUnit)
		} else {
			for k, v := range [...]int64{p.RPM, p.TPM, p.TPD} {
				if v != None {
					ls[k] = newOracleLimit(cfg, [...]Limit{RequestsPerMinute, TokensPerMinute, TokensPerDay}[k], v)
				}
			}
		}
		o.limits[int32(i)] = ls
	}
	return o
}

func (o *oracle) push(at unit.Time, k kind, order int64, do, lost func()) {
	if k != arrival {
		o.seq++
		order = o.seq
	}
	o.events = append(o.events, oracleEvent{at, k, order, do, lost})
}

// loop handles events in their total order until none is left or the cut.
func (o *oracle) loop() {
	for len(o.events) > 0 {
		slices.SortFunc(o.events, func(a, b oracleEvent) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.order, b.order))
		})
		ev := o.events[0]
		if !o.cfg.Drain && ev.at >= o.cfg.Horizon {
			break
		}
		o.events = o.events[1:]
		o.now = ev.at
		ev.do()
	}
	for _, ev := range o.events {
		if ev.lost != nil {
			ev.lost()
		}
	}
}

// call prepares a row's request.
func (o *oracle) call(place int, rows []trace.Request) *oracleCall {
	r := &rows[place]
	q := &oracleCall{row: r, place: place, model: min(r.Model, int32(len(o.cfg.Models)-1)), class: min(r.Class, int32(len(o.cfg.Classes)-1)), max: r.Max}
	if q.max == trace.MaxUnknown {
		q.max = o.cfg.Max
		if q.max == MaxFromOutput {
			q.max = r.Output
		}
	}
	if own := o.cfg.Classes[q.class].Max; own > 0 && (q.max < 0 || q.max > own) {
		q.max = own
	}
	n := uint64(len(o.cfg.Accounts))
	switch o.cfg.Assign {
	case Sticky:
		q.home = int(uint64(r.Ordinal) % n)
	case Hashed:
		q.home = int(r.Session % n)
	case RoundRobin:
		q.home = int(uint64(o.Offered) % n)
	}
	return q
}

// arrive is a request's arrival.
func (o *oracle) arrive(q *oracleCall) {
	o.Offered++
	q.arrival = o.now
	fits := func(m int32) bool { return o.cfg.Models[m].Context == 0 || q.row.Input <= o.cfg.Models[m].Context }
	add := func(m int32) {
		if fits(m) && !slices.Contains(q.chain, m) {
			q.chain = append(q.chain, m)
		}
	}
	target := q.model
	if r := &o.cfg.Routing; r.ClassTo != nil && r.ClassTo[q.class] != None {
		target = r.ClassTo[q.class]
	} else if r.To != nil && r.To[q.model] != None {
		target = r.To[q.model]
	}
	if !fits(target) {
		target = q.model
	}
	add(target)
	for _, m := range o.cfg.Routing.Fallback {
		if o.cfg.Routing.FallUp || o.cfg.Models[m].Tier <= o.cfg.Models[q.model].Tier {
			add(m)
		}
	}
	if len(q.chain) == 0 {
		o.unserved(q, TooLong, o.now)
		return
	}
	o.ask(q)
}

// lane of an account and a model.
func (o *oracle) lane(account int, model int32) int32 {
	return int32(account*len(o.cfg.Models)) + model
}

// gates are a lane's limits in their order.
func (o *oracle) gates(lane int32) [4]*oracleLimit {
	var ls [4]*oracleLimit
	if p := o.cfg.Lanes[lane].Pool; p != None {
		ls = o.limits[p]
	}
	if p := o.cfg.Lanes[lane].Cross; p != None {
		ls[3] = o.limits[p][3]
	}
	return ls
}

// freest is the account with the largest free share of TPM, then TPD, then the account's day.
func (o *oracle) freest(model int32) int {
	best := 0
	share := func(account, limit int) float64 {
		l := o.gates(o.lane(account, model))[limit]
		if l == nil {
			return 1
		}
		if l.value == 0 {
			return 0
		}
		used, _, _ := l.sums(o.now)
		return unit.Ratio{Num: max(0, l.value-used), Den: l.value}.Float()
	}
	for a := 1; a < len(o.cfg.Accounts); a++ {
		for _, limit := range [...]int{1, 2, 3} {
			if x, y := share(a, limit), share(best, limit); x != y {
				if x > y {
					best = a
				}
				break
			}
		}
	}
	return best
}

// ask offers a call to its present candidate, and then to the next.
func (o *oracle) ask(q *oracleCall) {
	model := q.chain[q.model1]
	if q.hop == 0 {
		q.head = q.home
		if o.cfg.Assign == MostHeadroom {
			q.head = o.freest(model)
		}
	}
	q.asked = o.lane((q.head+q.hop)%len(o.cfg.Accounts), model)
	refused := o.admit(q, q.asked, model)
	if refused == NoLimit {
		return
	}
	o.Refusals++
	if q.session != nil {
		q.session.last = refused
	}
	known := o.now + o.cfg.Client.RefusalLatency
	q.hop++
	if !o.cfg.Failover || q.hop == len(o.cfg.Accounts) {
		q.hop = 0
		q.model1++
	}
	if q.model1 < len(q.chain) {
		if known == o.now {
			o.ask(q)
			return
		}
		o.push(known, retry, 0, func() { o.ask(q) }, func() { o.Queued++ })
		return
	}
	o.passRefused(q, refused, known)
}

// passRefused is an attempt that all candidates refused.
func (o *oracle) passRefused(q *oracleCall, by Limit, known unit.Time) {
	o.Throttled++
	q.attempts++
	q.model1, q.hop = 0, 0
	c := &o.cfg.Client
	wait := c.Base
	for range q.attempts - 1 {
		wait = min(2*wait, c.Cap)
	}
	at := known + min(wait, c.Cap)
	patience := c.Patience
	if own := o.cfg.Classes[q.class].Patience; own > 0 {
		patience = own
	}
	if q.attempts >= c.Attempts || at-q.arrival > patience {
		o.unserved(q, by, known)
		return
	}
	o.push(at, retry, 0, func() { o.Retries++; o.ask(q) }, func() { o.Queued++ })
}

// admit asks the limits and takes from all or none.
func (o *oracle) admit(q *oracleCall, lane, model int32) Limit {
	m, l := &o.cfg.Models[model], &o.cfg.Lanes[lane]
	top := q.max
	if m.MaxOutput > 0 && (top < 0 || top > m.MaxOutput) {
		top = m.MaxOutput
	}
	output := q.row.Output
	if top >= 0 {
		output = min(output, top)
	}
	read, write := o.split(q, l, m)
	charges, finals := o.charges(q.row.Input, read, write, max(0, top), output, m, l)
	gates := o.gates(lane)
	for i, g := range gates {
		if g != nil && !g.fits(o.now, charges[i]) {
			for k, x := range gates {
				if x != nil {
					x.refusedCall(o.now, charges[k], finals[k], k == i, k > i)
				}
			}
			return g.limit
		}
	}
	duration := m.FirstToken + unit.Time(output)*m.PerToken
	if o.cfg.LoggedDurations && q.row.Duration >= 0 && model == q.model {
		duration = q.row.Duration
	}
	var held [4]*oracleCharge
	for i, g := range gates {
		if g != nil {
			held[i] = g.take(o.now, charges[i], finals[i], i > 0)
		}
	}
	if o.cfg.Cache.Mode == CachePrefix && read+write > 0 {
		o.remember(q, l, m, duration)
	}
	o.serve(q, model, read, write, output, duration, gates, held)
	return NoLimit
}

// charges at the start and in the end: requests, minute, day, the account's day.
func (o *oracle) charges(input, read, write, top, output int64, m *Model, l *Lane) (start, final [4]int64) {
	fresh := input - read - write
	s, f := fresh+write+top, fresh+write+output*m.Burndown
	if o.cfg.Quota.BurndownMax {
		s = fresh + write + top*m.Burndown
	}
	if o.cfg.Quota.ReserveReads || o.cfg.Quota.Pessimistic {
		s += read
	}
	start, final = [4]int64{1, s, s, 0}, [4]int64{1, f, f, 0}
	if l.Cross == None {
		return start, final
	}
	p := &o.cfg.Pools[l.Cross]
	if !p.ReserveMax {
		top = 0
	}
	blind := o.cfg.Quota.Pessimistic
	switch p.Unit {
	case BilledTokens:
		start[3], final[3] = input+top, input+output
	case SettledTokens:
		start[3], final[3] = fresh+write+top, f
		if blind {
			start[3] = input + top
		}
	default:
		r := l.Rates
		if m.LongAbove > 0 && input > m.LongAbove {
			r = l.LongRates
		}
		prompt := fresh*r.Input + read*r.Read + write*r.Write
		start[3], final[3] = prompt+top*r.Output, prompt+output*r.Output
		if blind {
			start[3] = input*r.Input + top*r.Output
		}
	}
	return start, final
}

// serve counts an admitted call and arranges its end.
func (o *oracle) serve(q *oracleCall, model int32, read, write, output int64, duration unit.Time, gates [4]*oracleLimit, held [4]*oracleCharge) {
	end := o.now + duration
	cut := !o.cfg.Drain && end >= o.cfg.Horizon
	flows := [4]*QuotaTokens{1: &o.Quota, 2: &o.DayQuota}
	for i, f := range flows {
		if f != nil && held[i] != nil {
			f.Reserved += held[i].reserved
			if cut {
				f.Held += held[i].reserved
			}
		}
	}
	if cut {
		o.InFlight++
	} else {
		o.Served++
		o.waits = append(o.waits, o.now-q.arrival)
		if o.cfg.Models[model].Tier < o.cfg.Models[q.model].Tier {
			o.Degraded++
		}
		if output < q.row.Output {
			o.Truncated++
		}
		o.Tokens.add(Tokens{q.row.Input, q.row.Input - read - write, read, write, output})
	}
	o.push(end, completion, 0, func() {
		for i := 1; i < 4; i++ {
			if gates[i] == nil {
				continue
			}
			credited, dropped := gates[i].settle(o.now, held[i])
			if f := flows[i]; f != nil {
				f.Settled += held[i].final
				f.Excess += max(0, held[i].final-held[i].reserved)
				f.Credited, f.Dropped = f.Credited+credited, f.Dropped+dropped
			}
		}
		o.answered(q)
	}, nil)
}

func (o *oracle) unserved(q *oracleCall, by Limit, known unit.Time) {
	o.Unserved++
	o.UnservedBy[by]++
	o.pause(q, by, known)
}

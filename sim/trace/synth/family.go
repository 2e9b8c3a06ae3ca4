package synth

import (
	"math"
	"math/rand/v2"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// family is a class with arrivals of its own and the classes that follow it.
type family struct {
	*class
	out       *synthesis
	followers []*class
	horizon   unit.Time
	seed      uint64
	single    bool

	process *process
	skew    *alias
	users   []user     // by user, where each has a process of its own
	starts  heap       // next session start of each user
	common  user       // the class's process otherwise
	people  *rand.Rand // draws the class's users
	crowd   int64      // how many of them

	live   []session // slots, some free
	counts []int64   // events of each live session, by follower
	free   []int32
	calls  []pending // slots of calls to come of followers
	spare  []int32
	due    heap

	started uint64 // sessions so far
	source  rand.PCG
	pcg     cursor
	rng     *rand.Rand
}

// user is one arrival process: a person's, or a class's.
type user struct {
	state
	pace   rand.PCG
	key    uint64 // of the streams of its calls
	number int64  // sessions so far
}

// cursor is a random source that can be pointed at any generator, so that the
// generators of a million users need no wrapper each.
type cursor struct{ *rand.PCG }

// order is the tie-break among a family's calls of one time: by class (0 for
// the family's own, else its follower's place + 1), the session's place in the
// order of starts, and the call's place in the session.
func order(class int, start uint64, call int64) uint64 {
	return uint64(class)<<56 | (start&(1<<36-1))<<20 | uint64(call)&(1<<20-1)
}

// follower is the place + 1 of the follower whose call this is.
func (a due) follower() int { return int(a.order >> 56) }

func newFamily(s *synthesis, workloads []Workload, index int, seed uint64) *family {
	w := &workloads[index]
	f := &family{class: newClass(s, w), out: s, horizon: s.horizon, seed: seed, single: w.Single(), crowd: w.Users}
	f.rng = rand.New(&f.pcg)
	for i := range workloads {
		if workloads[i].After.Class == w.Class {
			f.followers = append(f.followers, newClass(s, &workloads[i]))
		}
	}
	c := newClock(&w.Profile, s.info.Start)
	if w.Rate > 0 {
		f.process = newProcess(&w.Arrivals, w.Rate/(w.Turns.wholeMean()*w.Steps.wholeMean()), c, s.horizon)
		f.people = unit.Stream(seed, w.Class+"/users")
		if w.Skew > 0 && w.Users > 1 {
			f.skew = newAlias(zipf(w.Users, w.Skew))
		}
		f.open(&f.common, w.Class, 1)
		return f
	}
	f.process = newProcess(&w.Arrivals, w.SessionsPerDay/unit.Day.Seconds(), c, s.horizon)
	f.openUsers(w)
	return f
}

// zipf is the weights of n users, mean 1.
func zipf(n int64, exponent float64) []float64 {
	weights := make([]float64, n)
	sum := 0.0
	for i := range weights {
		weights[i] = math.Pow(float64(i+1), -exponent)
		sum += weights[i]
	}
	for i := range weights {
		weights[i] *= float64(n) / sum
	}
	return weights
}

// open starts an arrival process with the streams of its name; slow stretches
// its gaps.
func (f *family) open(u *user, name string, slow float64) {
	u.pace = *rand.NewPCG(f.seed, unit.HashString(name+"/arrivals"))
	u.key = unit.HashString(name)
	u.slow = slow
	f.process.first(&u.state, f.at(&u.pace), &f.pcg)
}

// at points the family's random source at p.
func (f *family) at(p *rand.PCG) *rand.Rand {
	f.pcg.PCG = p
	return f.rng
}

// stream is the random stream of one call's purpose: that of call n of the
// session or process with this key. Counting instead of keeping state makes
// every draw independent of every other, at no memory.
func (f *family) stream(key uint64, n int64, p purpose) *rand.Rand {
	f.source.Seed(f.seed^uint64(p), scramble(key+uint64(n)*0x9e3779b97f4a7c15))
	return f.at(&f.source)
}

// purpose tells the streams of one call apart; its value is the FNV-1a hash of
// its name.
type purpose uint64

// openUsers starts every user's process. With a skew, users' rates differ: a
// user's time runs faster by their weight.
func (f *family) openUsers(w *Workload) {
	f.users = make([]user, w.Users)
	var weights []float64
	if w.Skew > 0 {
		weights = zipf(w.Users, w.Skew)
	}
	var name []byte
	for i := range f.users {
		slow := 1.0
		if weights != nil {
			slow = 1 / weights[i]
		}
		name = strconv.AppendInt(append(append(name[:0], w.Class...), "/user/"...), int64(i+1), 10)
		f.open(&f.users[i], string(name), slow)
		f.enlist(int32(i))
	}
}

func (f *family) enlist(i int32) {
	if at := unit.Time(min(f.users[i].state.at, float64(unit.Never/2))); at < f.horizon {
		f.starts.push(due{at: at, order: uint64(i), slot: i})
	}
}

// head is the time of the family's next request.
func (f *family) head() unit.Time {
	at := f.nextStart()
	if len(f.due) > 0 {
		at = min(at, f.due[0].at)
	}
	return at
}

func (f *family) nextStart() unit.Time {
	switch {
	case f.users == nil:
		return unit.Time(min(f.common.at, float64(unit.Never/2)))
	case len(f.starts) > 0:
		return f.starts[0].at
	}
	return unit.Never
}

// emit writes the family's next request, which is at at. What is due comes
// before a session that starts at the same time.
func (f *family) emit(r *trace.Request, at unit.Time) {
	if len(f.due) > 0 && f.due[0].at == at {
		d := f.due[0]
		if d.follower() > 0 {
			f.due.pop()
			f.follow(r, d)
			return
		}
		// What followers are given meanwhile comes after d, which stays first.
		if f.step(r, &d) {
			f.due.replace(d)
		} else {
			f.due.pop()
		}
		return
	}
	u, person := f.begin()
	if f.single {
		f.once(r, at, u, person)
		return
	}
	if d := f.admit(at, u, person); f.step(r, &d) {
		f.due.push(d)
	}
}

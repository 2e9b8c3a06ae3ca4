package synth

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Bounds of what is worth synthesizing; beyond them New refuses.
const (
	MaxUsers   = 1_000_000
	MaxRate    = 1e6 // calls per second of a class
	MaxHorizon = 3660 * unit.Day
)

// New is a reader of the traffic of all workloads from start on: requests with
// At < horizon, in the total order (time, class, session, call). Equal
// arguments give equal requests. The error lists every mistake of the
// workloads.
func New(workloads []Workload, start time.Time, horizon unit.Time, seed uint64) (trace.Reader, error) {
	if err := Check(workloads, horizon); err != nil {
		return nil, err
	}
	s := &synthesis{
		info:    trace.Info{Format: "synthetic", Start: start.UTC(), Dated: true, Names: trace.NewNames()},
		horizon: horizon,
	}
	for i := range workloads {
		w := &workloads[i]
		s.info.Dialogues = s.info.Dialogues || !w.Single() && w.After.Class == ""
		if w.blocks() > 0 {
			s.info.BlockTokens, s.info.BlockScope = BlockTokens, trace.TraceScope
		}
		if w.After.Class == "" {
			s.families = append(s.families, newFamily(s, workloads, i, seed))
		}
	}
	for i, f := range s.families {
		s.push(f.head(), int32(i))
	}
	return s, nil
}

// synthesis merges the families of classes in order of time.
type synthesis struct {
	info     trace.Info
	horizon  unit.Time
	families []*family
	order    heap
	users    []int32 // interned name of each user, 0 = not yet
	ids      []byte  // memory of a block's session ids
	blocks   []uint64
}

func (s *synthesis) push(at unit.Time, family int32) {
	if at < s.horizon {
		s.order.push(due{at: at, order: uint64(family), slot: family})
	}
}

func (s *synthesis) Info() *trace.Info { return &s.info }

func (s *synthesis) Read(block []trace.Request) (int, error) {
	s.ids, s.blocks = s.ids[:0], s.blocks[:0]
	n := 0
	for n < len(block) && len(s.order) > 0 {
		t := s.order.pop()
		f := s.families[t.slot]
		for {
			f.emit(&block[n], t.at)
			n++
			t.at = f.head()
			if n == len(block) || t.at >= s.horizon || len(s.order) > 0 && s.order[0].before(t) {
				break
			}
		}
		s.push(t.at, t.slot)
	}
	if n == 0 && len(block) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// userName is the interned name of a user, numbered from 1; 0 has none.
func (s *synthesis) userName(user int32) int32 {
	if user == 0 {
		return 0
	}
	for int(user) >= len(s.users) {
		s.users = append(s.users, make([]int32, int(user)+1-len(s.users))...)
	}
	if s.users[user] == 0 {
		s.users[user] = s.info.Names.Users.InternString("user-" + strconv.Itoa(int(user)))
	}
	return s.users[user]
}

// Check lists every mistake of the workloads and the horizon as one error;
// nil where New can make them.
func Check(workloads []Workload, horizon unit.Time) error {
	var list []string
	if len(workloads) == 0 {
		list = append(list, "no traffic: give at least one class")
	}
	if horizon <= 0 || horizon > MaxHorizon {
		list = append(list, fmt.Sprintf("horizon %v is not between 0 and %v", horizon, MaxHorizon))
	}
	for i := range workloads {
		list = append(list, Mistakes(workloads, i)...)
	}
	return listed(list)
}

// Mistakes lists what is wrong with one of several workloads; the name of the
// class and a colon stand before each.
func Mistakes(workloads []Workload, i int) []string {
	w := &workloads[i]
	list := w.After.mistakes(w, workloads, w.mistakes(nil))
	if j := slices.IndexFunc(workloads, func(v Workload) bool { return v.Class == w.Class }); j < i {
		list = append(list, fmt.Sprintf("class %q: is given twice", w.Class))
	}
	return list
}

// listed is an error of at most 20 lines.
func listed(list []string) error {
	if len(list) == 0 {
		return nil
	}
	var errs []error
	for i, m := range list {
		if i == 20 {
			errs = append(errs, fmt.Errorf("and %d more", len(list)-i))
			break
		}
		errs = append(errs, errors.New(m))
	}
	return errors.Join(errs...)
}

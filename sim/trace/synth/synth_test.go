package synth

import (
	"cmp"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Once names, sessions and buffers are warm, a million further requests
// allocate nothing that stays and almost nothing at all.
func TestMemoryDoesNotGrow(t *testing.T) {
	chat, _ := Preset("chat")
	chat.Rate, chat.Users = 50, 100
	code, _ := Preset("coding-agent")
	code.Users, code.Profile = 500, Profile{}
	title, _ := Preset("title")
	title.SessionsPerDay, title.After = 0, After{Class: "coding-agent", On: OnSession}
	r, err := New([]Workload{chat, code, title}, monday, MaxHorizon, 1)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]trace.Request, 1024)
	read := func(n int) {
		for n > 0 {
			k, err := r.Read(block)
			if err != nil {
				t.Fatal(err)
			}
			n -= k
		}
	}
	read(1_000_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	read(1_000_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 1000 {
		t.Errorf("a million requests made %d allocations", n)
	}
	if before, after := int64(before.HeapAlloc), int64(after.HeapAlloc); after-before > 256<<10 {
		t.Errorf("the heap grew from %d to %d bytes over a million requests", before, after)
	}
	runtime.KeepAlive(r)
}

func team() []Workload {
	chat, _ := Preset("chat")
	chat.Users, chat.Turns, chat.Profile = 30, Dist{Kind: Uniform, Low: 1, High: 9}, Profile{}
	title, _ := Preset("title")
	title.SessionsPerDay, title.After = 0, After{Class: "chat", On: OnSession}
	memory, _ := Preset("memory-extraction")
	memory.SessionsPerDay = 0
	memory.After = After{Class: "chat", On: OnTurn, Every: 3, Delay: Const(30)}
	return []Workload{chat, title, memory}
}

func ofClass(rows []row, r trace.Reader, class string) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(q row) bool { return r.Info().Names.Classes.Text(q.Class) != class })
}

// read synthesizes and splits the rows by class.
func read(t *testing.T, seed uint64, workloads []Workload) (all []row, by map[string][]row) {
	t.Helper()
	r, err := New(workloads, monday, 3*unit.Day, seed)
	if err != nil {
		t.Fatal(err)
	}
	all, by = readAll(t, r), map[string][]row{}
	for _, w := range workloads {
		by[w.Class] = ofClass(all, r, w.Class)
	}
	return all, by
}

// Twenty thousand users' next requests wait in one heap and come out in order of time.
func TestManyUsersInOrder(t *testing.T) {
	chat, _ := Preset("chat")
	chat.Users = 20_000
	r, err := New([]Workload{chat}, monday, MaxHorizon, 1)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]trace.Request, 100_000)
	for n := 0; n < len(block); {
		k, err := r.Read(block[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += k
	}
	if !slices.IsSortedFunc(block, func(a, b trace.Request) int { return cmp.Compare(a.At, b.At) }) {
		t.Error("rows go back in time")
	}
}

func TestSameSeedSameRows(t *testing.T) {
	a, _ := read(t, 5, team())
	b, _ := read(t, 5, team())
	same := cmpopts.IgnoreUnexported(trace.Request{})
	opts := gocmp.Options{same, gocmp.AllowUnexported(row{}), cmpopts.IgnoreFields(trace.Request{}, "SessionID", "Blocks")}
	if len(a) < 1000 || !gocmp.Equal(a, b, opts) {
		t.Errorf("%d and %d rows of one seed differ", len(a), len(b))
	}
	if c, _ := read(t, 6, team()); gocmp.Equal(a, c, opts) {
		t.Error("another seed makes the same rows")
	}
}

// A class more, or a follower, leaves the rows of the others as they are.
func TestClassesDoNotShiftEachOther(t *testing.T) {
	_, alone := read(t, 5, team()[:1])
	other, _ := Preset("rag")
	other.Users = 7
	_, together := read(t, 5, append([]Workload{other}, team()...))
	strip := func(rows []row) (list []plain) {
		for _, r := range rows {
			list = append(list, plain{r.At, r.Input, r.id, "", r.Shared, r.blocks, r.Output})
		}
		return list
	}
	if diff := gocmp.Diff(strip(alone["chat"]), strip(together["chat"])); diff != "" || len(alone["chat"]) == 0 {
		t.Errorf("%d rows of chat changed:\n%s", len(alone["chat"]), diff)
	}
}

func TestFollowers(t *testing.T) {
	_, by := read(t, 5, team())
	sessions := sessionsOf(by["chat"])
	titles, memories := map[string]unit.Time{}, map[string]int{}
	for _, r := range by["title"] {
		id, _ := strings.CutSuffix(r.id, "/title")
		titles[id] = r.At
	}
	for _, r := range by["memory-extraction"] {
		id, _ := strings.CutSuffix(r.id, "/memory-extraction")
		memories[id]++
	}
	if len(titles) != len(sessions) || len(titles) != len(by["title"]) {
		t.Errorf("%d titles of %d sessions", len(by["title"]), len(sessions))
	}
	for _, s := range sessions {
		if at, ok := titles[s[0].id]; !ok || at != s[0].At {
			t.Errorf("session %s begins at %v, its title at %v", s[0].id, s[0].At, at)
		}
		// Whatever ends after the horizon may be missing.
		if last := s[len(s)-1]; last.At < 3*unit.Day-unit.Hour && memories[last.id] != len(s)/3 {
			t.Errorf("session %s of %d turns has %d memory calls", last.id, len(s), memories[last.id])
		}
	}
}

// With Append a prompt is the last one, its answer and what was added; it
// repeats the last prompt.
func TestHistoryGrows(t *testing.T) {
	_, by := read(t, 5, team())
	grown := 0
	for _, s := range sessionsOf(by["chat"]) {
		for i := 1; i < len(s); i++ {
			grown++
			if s[i].Shared != s[i-1].Input || s[i].Input < s[i-1].Input+s[i-1].Output+1 {
				t.Fatalf("call %d of %s: input %d shares %d after %d in, %d out", i, s[i].id, s[i].Input, s[i].Shared, s[i-1].Input, s[i-1].Output)
			}
			// The default latency and the shortest thought lie between the two.
			if gap, least := s[i].At-s[i-1].At, 4*unit.Second+unit.Time(s[i-1].Output)*20*unit.Millisecond; gap < least {
				t.Fatalf("call %d of %s comes %v after the last, less than %v", i, s[i].id, gap, least)
			}
		}
	}
	if grown < 500 {
		t.Errorf("only %d later calls", grown)
	}
}

// Followers that re-send the whole history stay in the session.
func TestWholeFollower(t *testing.T) {
	w := team()
	w[2].After.Whole = true
	_, by := read(t, 5, w)
	inputs := map[string]int64{}
	for _, r := range by["chat"] {
		inputs[r.id] = max(inputs[r.id], r.Input)
	}
	for _, r := range by["memory-extraction"] {
		if inputs[r.id] == 0 || r.Shared < 1 || r.Input < r.Shared+2500 {
			t.Fatalf("%+v re-sends no history", r)
		}
	}
}

func TestModelsAndSkew(t *testing.T) {
	w := bare(2, Arrivals{})
	w.Models = []Share{{"fast", 0.8}, {"frontier", 0.2}}
	w.Users, w.Skew = 50, 1
	r, err := New([]Workload{w}, monday, 10*unit.Hour, 1)
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, r)
	fast, first, harmonic := 0.0, 0.0, 0.0
	for _, q := range rows {
		if r.Info().Names.Models.Text(q.Model) == "fast" {
			fast++
		}
		if r.Info().Names.Users.Text(q.User) == "user-1" {
			first++
		}
	}
	for k := range 50 {
		harmonic += 1 / float64(k+1)
	}
	n := float64(len(rows))
	near(t, "share of fast", fast/n, 0.8, 0.008)
	near(t, "share of user 1", first/n, 1/harmonic, 0.008)
}

func TestCheckListsAllMistakes(t *testing.T) {
	_, err := New([]Workload{
		{Class: "a", Rate: -1, Prompt: Const(-1), Models: []Share{{"m", 0}}},
		{Class: "a", Users: 1, SessionsPerDay: 1, Arrivals: Arrivals{Process: "pareto"}, Prompt: Const(1), Output: Const(1)},
		{Class: "c", After: After{Class: "d", On: "x"}, Prompt: Const(1), Output: Const(1)},
	}, monday, -1, 1)
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{
		`horizon`, `class "a": rate of -1`, `class "a": the shares of its models are all 0`, `class "a": prompt: value -1 is negative`, `class "a": output is missing`,
		`class "a": is given twice`, `unknown process "pareto"`, `class "c": after: no class "d"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	if _, err := New(nil, monday, unit.Day, 1); err == nil {
		t.Error("no traffic is taken")
	}
}

func TestHorizonIsHalfOpen(t *testing.T) {
	w := bare(1000, Arrivals{})
	rows := synthesize(t, unit.Second, 1, w)
	if last := rows[len(rows)-1].At; last >= unit.Second || last < 900*unit.Millisecond {
		t.Errorf("the last of %d calls is at %v", len(rows), last)
	}
	r, _ := New([]Workload{w}, monday, unit.Second, 1)
	block := make([]trace.Request, len(rows))
	if n, err := r.Read(block); n != len(rows) || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := r.Read(block); n != 0 || err != io.EOF {
		t.Errorf("%d, %v after the end", n, err)
	}
}

package scenarios

import (
	"strings"
	"testing"

	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

const twoClasses = `
horizon = "1d"
[[traffic]]
class = "chat"
preset = "chat"
users = 1
[[traffic]]
class = "memory"
preset = "memory-extraction"
rate = "10/d"
`

// Where the traffic is synthesized its classes are known, and a key that names
// another is a mistake, in a step, too.
func TestUnknownClassIsAMistake(t *testing.T) {
	for _, set := range []string{
		`queue.classes = ["memroy"]`, `queue.batch.classes = ["memroy"]`, `selfhost = { classes = ["memroy"], curve = "llama-2-7b-fp16@ml.g5.2xlarge" }`,
		`caching.ttls.memroy = "1h"`, `routing.classes.memroy = "fast"`, `classes.memroy.patience = "1m"`,
	} {
		for _, text := range []string{set + twoClasses, twoClasses + "[[step]]\nname = \"x\"\n[step.set]\n" + set} {
			_, err := NewPlan(parsed(t, text), catalog(t), Pick{})
			if err == nil || !strings.Contains(err.Error(), `no class "memroy"`) || !strings.Contains(err.Error(), `did you mean "memory"?`) {
				t.Errorf("%s: %v", set, err)
			}
		}
	}
	if _, err := NewPlan(parsed(t, twoClasses), catalog(t), Pick{}); err != nil {
		t.Errorf("the default progression names classes of its own: %v", err)
	}
}

// A trace may bring any class; one that never came is told afterwards.
func TestAbsentClasses(t *testing.T) {
	p, err := NewPlan(parsed(t, `
[trace]
file = "x.csv"
[queue]
classes = ["memroy", "title"]
[caching.ttls]
chat = "1h"
`), catalog(t), Pick{})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(p.Base.Absent([]string{"", "chat", "title"}), "\n")
	if want := "queue.classes: no request is of class memroy; classes that came: chat, title"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// compiledEndpoint is the endpoint that selfhost keys make, and its model.
func compiledEndpoint(t *testing.T, keys string) (*sim.Endpoint, sim.Model, []string) {
	t.Helper()
	p, err := NewPlan(parsed(t, "horizon = \"1d\"\n[[traffic]]\nclass = \"x\"\npreset = \"chat\"\nusers = 1\n[selfhost]\nclasses = [\"x\"]\n"+keys+"\n[[step]]\nname = \"a\"\nset = {}"), catalog(t), Pick{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Steps[0].Spec.Compile(p.Catalog, &Traffic{Info: &trace.Info{}, Horizon: unit.Day, Classes: []string{"", "x"}, Models: []string{""}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Config.Endpoint, c.Config.Models[len(c.Config.Models)-1], c.Notes
}

// An endpoint takes prompts as long as its curve's model does, and reads ten of
// their tokens in the time of one of output at best.
func TestEndpointOfACurve(t *testing.T) {
	const curve = "curve = \"llama-2-13b-fp16@ml.g5.12xlarge\"\n" // 295.64 tokens a second at 20
	for _, x := range []struct {
		keys             string
		context, prefill int64
		noted            bool
	}{
		{curve, 4096, 2_956_400, false},
		{curve + "context = 32768", 32768, 2_956_400, true},
		{curve + "context = 0", 0, 2_956_400, true},
		{curve + "prefill_tokens_per_second = 500.5", 4096, 500_500, false},
		{"instance = \"ml.g5.xlarge\"\npoints = { \"1\" = 10, \"4\" = 30 }", 0, 300_000, false},
	} {
		e, m, notes := compiledEndpoint(t, x.keys)
		noted := strings.Contains(strings.Join(notes, "\n"), "4096 tokens of Llama 2 13B")
		if m.Context != x.context || e.Prefill != x.prefill || noted != x.noted {
			t.Errorf("%s: context %d, prefill %d, noted %t; want %+v", x.keys, m.Context, e.Prefill, noted, x)
		}
	}
}

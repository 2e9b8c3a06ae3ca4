package scenarios

import (
	"fmt"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/nearest"
	"quotawall/sim/trace/synth"
)

// Starter is what a starter scenario is written from.
type Starter struct {
	Title   string
	Ruleset string
	Scope   string
	Region  string
	Models  []string // catalog ids, best first
	Trace   string   // a file to replay; empty: synthesize
	Classes []StarterClass
}

// StarterClass is one kind of synthesized traffic: a preset and its users.
type StarterClass struct {
	Preset string
	Users  int64
}

// starterAliases name up to three models, best first.
func starterAliases() []string { return []string{"frontier", "balanced", "fast"} }

// Check lists every mistake of a starter's answers.
func (s *Starter) Check(cat *pricing.Catalog) error {
	var list mistakeList
	for _, id := range s.Models {
		if _, ok := cat.Model(id); !ok {
			list.addText(fmt.Sprintf("unknown model %q\n  %s", id, hintOf(id, cat.ModelIDs())))
		}
	}
	if n := len(s.Models); n < 1 || n > len(starterAliases()) {
		list.addText(fmt.Sprintf("%d models; a starter takes one to %d, best first", n, len(starterAliases())))
	}
	if _, err := cat.Ruleset(s.Ruleset); err != nil {
		list.addError(err)
	}
	for _, c := range s.Classes {
		if _, ok := synth.Preset(c.Preset); !ok {
			list.addText(fmt.Sprintf("unknown preset %q\n  %s", c.Preset, nearest.DidYouMean(c.Preset, synth.Presets())+" known: "+strings.Join(synth.Presets(), ", ")))
		}
		if c.Users < 1 || c.Users > synth.MaxUsers {
			list.addText(fmt.Sprintf("%d users are not between 1 and %d", c.Users, synth.MaxUsers))
		}
	}
	return list.err()
}

// Text is the starter: a commented scenario that runs as it is.
func (s *Starter) Text() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# A starter: every line can be changed; 'quotawall scenario keys' lists all keys, 'quotawall scenario check FILE' checks this file.")
	p("title = %q", s.Title)
	p("ruleset = %q          # which quotas exist and their values: 'quotawall catalog list rulesets'", s.Ruleset)
	p("scope = %q                # on-demand, geo or global: quota pool and price", s.Scope)
	p("region = %q", s.Region)
	if s.Trace != "" {
		p("\n[trace]                       # replayed; the horizon is its span\nfile = %q\n# max_tokens = 4096           # of rows that do not say theirs: it decides what is reserved", s.Trace)
	} else {
		p("horizon = \"7d\"")
	}
	for i, id := range s.Models {
		p("\n[models.%s]\nid = %q", starterAliases()[i], id)
		if i == 0 {
			p("# first_token = \"2s\"          # latencies are assumptions of the catalog: measure yours\n# per_token = \"20ms\"")
		}
	}
	p("\n# [[quota.applied]]            # what Service Quotas shows for your account, where it differs from the ruleset\n# model = %q\n# rpm = 25\n# tpm = 2000000\n# tpd = 2592000", s.Models[0])
	for i, c := range s.Classes {
		if s.Trace != "" {
			break
		}
		p("\n[[traffic]]                   # a kind of traffic; 'quotawall scenario keys traffic' lists what can be said of it\nclass = %q\npreset = %q\nusers = %d", c.Preset, c.Preset, c.Users)
		if i == 0 {
			p("# sessions_per_day = 20")
		}
		p("model = %q", "frontier")
	}
	s.steps(p)
	return b.String()
}

// steps writes the levers that cost nothing first, then caching, then models
// and accounts.
func (s *Starter) steps(p func(string, ...any)) {
	p("\n# The progression: each step is new values for some keys, laid over the steps before it.")
	p("[[step]]\nname = \"as is\"\nset = {}")
	p("\n[[step]]\nname = \"right-size max_tokens\"\nset = { \"client.max_tokens_quantile\" = \"99.9%%\" }")
	p("\n[[step]]\nname = \"prompt caching\"\nset = { \"caching.mode\" = \"prefix\" }")
	if len(s.Models) > 1 {
		p("\n[[step]]\nname = \"half on %s\"\nset = { \"routing.policy\" = \"mix\", \"routing.mix\" = { frontier = \"50%%\", balanced = \"50%%\" } }", s.Models[1])
	}
	p("\n[[step]]\nname = \"two accounts\"\nset = { \"accounts.count\" = 2, \"accounts.failover\" = true }")
}

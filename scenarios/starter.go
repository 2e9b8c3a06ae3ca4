package scenarios

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"quotawall/pricing"
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

// Check holds the starter to what a scenario is held to, and lists all mistakes,
// each with the flag that it comes from.
func (s *Starter) Check(cat *pricing.Catalog) error {
	if n := len(s.Models); n > len(starterAliases()) {
		return fmt.Errorf("--model names %d models; a starter takes one to %d, best first", n, len(starterAliases()))
	}
	x, err := Parse("starter", s.Text())
	if err != nil {
		return err
	}
	var list mistakeList
	for _, a := range s.origins() {
		if err := x.Set(a); err != nil {
			list.addText(err.Error())
		}
	}
	if _, err := NewPlan(x, cat, Pick{}); err != nil {
		list.addText(err.Error())
	}
	return list.err()
}

// origins are the flags' values again, each with its flag.
func (s *Starter) origins() []Assignment {
	var out []Assignment
	put := func(key string, v any, flag, text string) {
		if text == "" {
			text = `""`
		}
		out = append(out, Assignment{Key: key, Value: v, Origin: "--" + flag + " " + text})
	}
	put("ruleset", s.Ruleset, "ruleset", s.Ruleset)
	put("scope", s.Scope, "scope", s.Scope)
	put("region", s.Region, "region", s.Region)
	for i, id := range s.Models {
		put("models."+starterAliases()[i]+".id", id, "model", id)
	}
	for i, c := range s.Classes {
		if s.Trace != "" {
			break
		}
		text := fmt.Sprintf("%s:%d", c.Preset, c.Users)
		put(fmt.Sprintf("traffic.%d.preset", i), c.Preset, "class", text)
		put(fmt.Sprintf("traffic.%d.users", i), c.Users, "class", text)
	}
	return out
}

// Text is the starter: a commented scenario that runs as it is.
func (s *Starter) Text() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# A starter: every line can be changed; 'quotawall scenario keys' lists all keys, 'quotawall scenario check FILE' checks this file.")
	p("title = %s", quotedText(s.Title))
	p("ruleset = %s          # which quotas exist and their values: 'quotawall catalog list rulesets'", quotedText(s.Ruleset))
	p("scope = %s                # on-demand, geo or global: quota pool and price", quotedText(s.Scope))
	p("region = %s", quotedText(s.Region))
	if s.Trace != "" {
		p("\n[trace]                       # replayed; the horizon is its span\nfile = %s\n# max_tokens = 4096           # of rows that do not say theirs: it decides what is reserved", quotedText(s.Trace))
	} else {
		p("horizon = \"7d\"")
	}
	for i, id := range s.Models {
		p("\n[models.%s]\nid = %s", starterAliases()[i], quotedText(id))
		if i == 0 {
			p("# first_token = \"2s\"          # latencies are assumptions of the catalog: measure yours\n# per_token = \"20ms\"")
		}
	}
	p("\n# [[quota.applied]]            # what Service Quotas shows for your account, where it differs from the ruleset\n# model = %s\n# rpm = 25\n# tpm = 2000000\n# tpd = 2592000", quotedText(s.Models[0]))
	for i, c := range s.Classes {
		if s.Trace != "" {
			break
		}
		p("\n[[traffic]]                   # a kind of traffic; 'quotawall scenario keys traffic' lists what can be said of it\nclass = %s\npreset = %s\nusers = %d", quotedText(c.Preset), quotedText(c.Preset), c.Users)
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
		p("\n[[step]]\nname = %s\nset = { \"routing.policy\" = \"mix\", \"routing.mix\" = { frontier = \"50%%\", balanced = \"50%%\" } }", quotedText("half on "+s.Models[1]))
	}
	p("\n[[step]]\nname = \"two accounts\"\nset = { \"accounts.count\" = 2, \"accounts.failover\" = true }")
}

// quotedText is a text as TOML writes it.
func quotedText(text string) string {
	var b strings.Builder
	if err := toml.NewEncoder(&b).Encode(map[string]string{"x": text}); err != nil {
		return `""`
	}
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), "x = "), "\n")
}

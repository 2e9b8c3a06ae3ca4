package pricing

import (
	"strings"
	"testing"
)

// TestResolveModel finds every model by each of its names, and the scope that a
// profile's prefix tells.
func TestResolveModel(t *testing.T) {
	c := embeddedCatalog(t)
	for _, m := range c.Models() {
		for _, name := range append([]string{m.ID}, m.Names...) {
			if id, _, ok := c.ResolveModel(name); !ok || id != m.ID {
				t.Errorf("%s: %q, want %q", name, id, m.ID)
			}
		}
	}
	for name, want := range map[string]string{
		"us.anthropic.claude-opus-4-6-v1":                                          "claude-opus-4-6 geo",
		"global.anthropic.claude-sonnet-4-5-20250929-v1:0":                         "claude-sonnet-4-5 global",
		"arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-5": "claude-opus-5 geo",
		"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0":         "nova-pro ",
		"claude-haiku-4-5-20251001":                                                "claude-haiku-4-5 ",
		"claude-sonnet-4-5-20250929[1m]":                                           "claude-sonnet-4-5 ",
		"zebra":                                                                    " ",
	} {
		id, scope, _ := c.ResolveModel(name)
		if id+" "+scope != want {
			t.Errorf("%s: %q, want %q", name, id+" "+scope, want)
		}
	}
}

// TestTokenScale: across the tokenizers the counts change by 1.3, and back.
func TestTokenScale(t *testing.T) {
	c := embeddedCatalog(t)
	for _, x := range []struct {
		from, to string
		num, den int64
	}{{"claude-opus-4-6", "claude-opus-5", 13, 10}, {"claude-opus-5", "claude-opus-4-6", 10, 13}, {"claude-opus-4-6", "claude-sonnet-4-6", 1, 1}, {"claude-opus-4-6", "zebra", 1, 1}} {
		if num, den := c.TokenScale(x.from, x.to); num != x.num || den != x.den {
			t.Errorf("%s to %s: %d/%d", x.from, x.to, num, den)
		}
	}
}

// TestLimitNotesStayWithTheirLimit: the daily limit alone is not adjustable.
func TestLimitNotesStayWithTheirLimit(t *testing.T) {
	r, err := embeddedCatalog(t).Ruleset("seed-2026")
	if err != nil {
		t.Fatal(err)
	}
	q, _ := r.Quota("claude-opus-4-6", "geo")
	if !q.RPMAdjustable || !q.TPMAdjustable || q.Note+q.RPMNote+q.TPMNote != "" || !strings.HasPrefix(q.TPDNote, "not adjustable and not doubled") {
		t.Errorf("%+v", q)
	}
	if f, _ := r.Quota("claude-sonnet-4-6", "geo"); f.TPDNote != "" {
		t.Errorf("Sonnet's own limit has the note %q", f.TPDNote)
	}
}

// TestSeedQuotas: the seed's own values, and what is filled from the published.
func TestSeedQuotas(t *testing.T) {
	c := embeddedCatalog(t)
	for _, x := range []struct {
		ruleset, model, scope, want, filled string
	}{
		{"seed-2026", "claude-opus-4-6", "geo", "25/2000000/2592000", ""},
		{"seed-2026", "claude-sonnet-4-6", "geo", "10000/6000000/3600000000", "rpm tpm"},
		{"new-account", "claude-haiku-4-5", "geo", "3/1000000/54000000", ""},
		{"new-account-zero", "claude-opus-4-6", "global", "", ""},
		{"2026-05", "claude-opus-4-6", "geo", "", ""},
	} {
		r, err := c.Ruleset(x.ruleset)
		if err != nil {
			t.Fatal(err)
		}
		q, ok := r.Quota(x.model, x.scope)
		got := q.RPM.String() + "/" + q.TPM.String() + "/" + q.TPD.String()
		if !ok || x.want != "" && got != x.want || x.want != "" && strings.Join(q.Filled, " ") != x.filled {
			t.Errorf("%s %s: %s, filled %v", x.ruleset, x.model, got, q.Filled)
		}
		if x.ruleset == "new-account-zero" && q.TPD != 0 {
			t.Errorf("a day's quota of %s in an account that has none", q.TPD)
		}
		if x.ruleset == "2026-05" && q.RPM != NoLimit {
			t.Errorf("requests a minute are limited to %s", q.RPM)
		}
	}
	if _, err := c.Ruleset("seed-2025"); err == nil || !strings.Contains(err.Error(), `did you mean "seed-2026"?`) {
		t.Errorf("got %v", err)
	}
}

// TestReducedQuotas: a new account's models without a row of their own get the
// published tokens a day divided, and few requests.
func TestReducedQuotas(t *testing.T) {
	c := embeddedCatalog(t)
	full, err := c.Ruleset("2026-09")
	if err != nil {
		t.Fatal(err)
	}
	reduced, err := c.Ruleset("new-account")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := full.Quota("claude-opus-4-6", "geo")
	b, _ := reduced.Quota("claude-opus-4-6", "geo")
	if a.TPD <= 0 || b.TPD != a.TPD/1667 || b.RPM != 3 || b.TPM != a.TPM {
		t.Errorf("full %d/%d/%d, reduced %d/%d/%d", a.RPM, a.TPM, a.TPD, b.RPM, b.TPM, b.TPD)
	}
}

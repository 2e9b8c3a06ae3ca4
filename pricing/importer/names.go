package importer

import (
	"regexp"
	"strings"

	"quotawall/pricing"
)

// names finds catalog ids for the names that price and quota lists print.
type names struct {
	catalog *pricing.Catalog
	plain   map[string]string // squeezed name to id; "" where two models share it
}

func newNames(c *pricing.Catalog) *names {
	n := &names{catalog: c, plain: map[string]string{}}
	for _, m := range c.Models() {
		n.add(squeeze(m.ID), m.ID)
		n.add(strings.TrimSuffix(squeeze(m.ID), "instruct"), m.ID)
	}
	return n
}

func (n *names) add(name, id string) {
	if old, taken := n.plain[name]; taken && old != id {
		n.plain[name] = ""
		return
	}
	n.plain[name] = id
}

// squeeze leaves of a name what spellings have in common.
func squeeze(s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), ".0", "")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// find is the catalog id of a printed name: a Bedrock id, or a title such as
// "Claude Sonnet 5.5 (Amazon Bedrock Edition)" or "Anthropic Claude Opus 4.6 V1".
func (n *names) find(name string) (string, bool) {
	name, _, _ = strings.Cut(name, " (")
	if id, _, ok := n.catalog.ResolveModel(name); ok {
		return id, true
	}
	short := trimVersion(trimVendor(name))
	for _, candidate := range []string{name, trimVendor(name), short, strings.TrimSuffix(short, " Instruct")} {
		if id := n.plain[squeeze(candidate)]; id != "" {
			return id, true
		}
	}
	return "", false
}

func trimVendor(name string) string {
	first, rest, ok := strings.Cut(name, " ")
	if ok && strings.Contains(" amazon anthropic cohere deepseek meta mistral openai qwen ", " "+strings.ToLower(first)+" ") {
		return rest
	}
	return name
}

// trimVersion drops a version such as " V1" or " v2" at the end.
func trimVersion(name string) string {
	return regexp.MustCompile(`(?i)\s+v\d+(\.\d+)?$`).ReplaceAllString(name, "")
}

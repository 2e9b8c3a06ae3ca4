package pricing

import (
	"slices"
	"strings"

	"quotawall/sim/nearest"
)

// Models lists the models by id, each once.
func (c *Catalog) Models() []Model {
	seen := map[string]bool{}
	var out []Model
	for _, m := range c.models {
		if !seen[m.ID] {
			seen[m.ID] = true
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Model) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Model finds a model by its id or by any name that Bedrock or a log has for it.
func (c *Catalog) Model(name string) (Model, bool) {
	id, _, ok := c.ResolveModel(name)
	if !ok {
		return Model{}, false
	}
	return c.models[c.byName[id]], true
}

// ResolveModel finds the catalog id behind a catalog id, a Bedrock model id, an
// inference-profile id or an ARN of either, and the routing scope that a
// profile's prefix tells ("geo", "global", or "" for a bare id).
func (c *Catalog) ResolveModel(name string) (id, scope string, ok bool) {
	s := name[strings.LastIndex(name, "/")+1:]
	if prefix, rest, found := strings.Cut(s, "."); found {
		switch prefix {
		case "global":
			s, scope = rest, "global"
		case "us", "eu", "apac", "au", "jp", "in", "ca", "us-gov":
			s, scope = rest, "geo"
		}
	}
	i, found := c.byName[s]
	if !found {
		i, found = c.byName[plainName(s)]
	}
	if !found {
		return "", "", false
	}
	return c.models[i].ID, scope, true
}

// plainName strips the provider, the date and the version that Bedrock and
// Anthropic put around a model's name.
func plainName(s string) string {
	if _, rest, ok := strings.Cut(s, "."); ok && !strings.HasPrefix(s, "v3.") {
		s = rest
	}
	s, _, _ = strings.Cut(s, "@")
	s, _, _ = strings.Cut(s, "[")
	if i := strings.LastIndex(s, ":"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndex(s, "-v"); i >= 0 && digits(s[i+2:]) {
		s = s[:i]
	}
	if i := strings.LastIndex(s, "-"); i >= 0 && len(s)-i == 9 && digits(s[i+1:]) {
		s = s[:i]
	}
	return s
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// ModelIDs lists the ids of all models.
func (c *Catalog) ModelIDs() []string {
	var ids []string
	for _, m := range c.Models() {
		ids = append(ids, m.ID)
	}
	return ids
}

// Suggest is the nearest known model id, or "".
func (c *Catalog) Suggest(name string) string { return nearest.Name(plainName(name), c.ModelIDs()) }

// TokenScale is what token counts of one model's text are multiplied by to be
// counted in another's tokenizer.
func (c *Catalog) TokenScale(from, to string) (num, den int64) {
	a, _ := c.Model(from)
	b, _ := c.Model(to)
	for _, t := range c.tokenizers {
		switch {
		case t.From == a.Tokenizer && t.To == b.Tokenizer:
			return t.Num, t.Den
		case t.To == a.Tokenizer && t.From == b.Tokenizer:
			return t.Den, t.Num
		}
	}
	return 1, 1
}

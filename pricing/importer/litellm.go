package importer

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/unit"
)

// entryOf is what LiteLLM's file says of one model, dollars for one token.
type entryOf struct {
	Provider  string `json:"litellm_provider"`
	Mode      string `json:"mode"`
	Input     loose  `json:"input_cost_per_token"`
	Output    loose  `json:"output_cost_per_token"`
	Write     loose  `json:"cache_creation_input_token_cost"`
	Write1h   loose  `json:"cache_creation_input_token_cost_above_1hr"`
	Read      loose  `json:"cache_read_input_token_cost"`
	LInput    loose  `json:"input_cost_per_token_above_200k_tokens"`
	LOutput   loose  `json:"output_cost_per_token_above_200k_tokens"`
	LWrite    loose  `json:"cache_creation_input_token_cost_above_200k_tokens"`
	LWrite1h  loose  `json:"cache_creation_input_token_cost_above_1hr_above_200k_tokens"`
	LRead     loose  `json:"cache_read_input_token_cost_above_200k_tokens"`
	PerSecond loose  `json:"input_cost_per_second"`
	Context   loose  `json:"max_input_tokens"`
	MaxOutput loose  `json:"max_output_tokens"`
	CacheMin  loose  `json:"prompt_cache_min_tokens"`
}

// longPrompt is from which length LiteLLM's "above 200k" prices hold.
const longPrompt = 200_000

// LiteLLM reads model_prices_and_context_window.json. It is undated and wrong in
// places, so it only fills gaps: what the catalog has stands, and a difference
// is a conflict.
func LiteLLM(r io.Reader, o Options) (*Result, error) {
	if o.AsOf == "" {
		return nil, fmt.Errorf("%s: LiteLLM's file has no date\n  say the day it was read with --as-of", o.Name)
	}
	l := liteImport{
		o: o, out: &Result{AsOf: o.AsOf}, added: map[string]bool{}, units: map[[2]string]*pricing.UnitPrice{},
		commitment: regexp.MustCompile(`^bedrock/([a-z0-9*-]+)/(1|6)-month-commitment/(.+)$`),
		regional:   regexp.MustCompile(`^bedrock/([a-z]{2}(?:-gov)?-[a-z]+-\d)/(.+)$`),
	}
	d := json.NewDecoder(r)
	err := members(d, func(key string) error {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		l.entry(key, raw)
		return nil
	})
	if err != nil {
		return nil, located(o.Name, err)
	}
	if l.bedrock == 0 {
		return nil, fmt.Errorf("%s: no Bedrock rows among %d: some mirrors of LiteLLM's file leave them out", o.Name, l.out.Read)
	}
	l.unitRows()
	l.out.Notes = shortened(l.out.Notes)
	l.out.finish()
	return l.out, nil
}

type liteImport struct {
	o                    Options
	out                  *Result
	bedrock              int
	added                map[string]bool // models that a row was made for
	units                map[[2]string]*pricing.UnitPrice
	commitment, regional *regexp.Regexp
}

func (l *liteImport) entry(key string, raw json.RawMessage) {
	l.out.Read++
	var e entryOf
	if key == "sample_spec" || json.Unmarshal(raw, &e) != nil {
		l.out.skip(key, "no model's entry")
		return
	}
	if e.Provider != "bedrock" && e.Provider != "bedrock_converse" && e.Provider != "bedrock_mantle" {
		return // the other providers' rows are no news
	}
	l.bedrock++
	if m := l.commitment.FindStringSubmatch(key); m != nil {
		l.unit(key, m[1], map[string]string{"1": "1-month", "6": "6-months"}[m[2]], m[3], e.PerSecond)
		return
	}
	geo, id := "", key
	if m := l.regional.FindStringSubmatch(key); m != nil {
		geo, id = m[1], m[2]
	}
	switch {
	case strings.HasPrefix(id, "us-gov.") || strings.HasPrefix(geo, "us-gov-"):
		l.out.skip(key, "GovCloud")
	case strings.Contains(id, "/"):
		l.out.skip(key, "a spelling that is not read")
	case e.Mode != "" && e.Mode != "chat" && e.Mode != "completion" && e.Mode != "embedding" && e.Mode != "responses":
		l.out.skip(key, "no text model")
	default:
		l.price(key, id, geo, &e)
	}
}

// price takes the token prices of an entry where the catalog has none.
func (l *liteImport) price(key, id, geo string, e *entryOf) {
	p, wrong, ok := l.read(e)
	if len(wrong) > 0 {
		l.wrong(key, wrong...)
		return
	}
	if !ok {
		l.out.skip(key, "no price, or one of 0, which is a placeholder")
		return
	}
	model, scope, known := l.o.Catalog.ResolveModel(id)
	if !known {
		scope, id = profile(id)
		model = shortName(id)
	}
	p.Model, p.Geo, p.Scope = model, geo, l.scope(model, scope, geo)
	if !known && !l.model(key, model, id, e) {
		return
	}
	if known {
		l.compare(key, p)
	}
	p.Provenance = l.source()
	if len(p.Rates)+len(p.Long) == 0 {
		l.out.skip(key, "prices that the catalog has")
		return
	}
	if len(p.Long) > 0 {
		p.LongAbove = longPrompt
	}
	row := p.Row()
	if l.added[row.Key] {
		l.out.skip(key, "a second entry for a row")
		return
	}
	l.added[row.Key] = true
	l.out.Rows = append(l.out.Rows, row)
}

// scope is the catalog's scope for an entry. A bare id carries the global price
// although a call to it is billed at the Region's, 1.1 times as high.
func (l *liteImport) scope(model, scope, geo string) string {
	_, global := l.o.Catalog.Price(model, "global", "us-east-1", l.o.AsOf)
	regional, ok := l.o.Catalog.Price(model, "geo", "us-east-1", l.o.AsOf)
	switch {
	case scope == "global":
		return "global"
	case scope != "" || geo != "":
		return "regional"
	case global && ok && regional.Scope == "regional":
		return "global"
	}
	return "single"
}

// profile is the routing scope that a profile's prefix tells, and the bare id.
func profile(id string) (scope, bare string) {
	first, rest, ok := strings.Cut(id, ".")
	switch {
	case ok && first == "global":
		return "global", rest
	case ok && strings.Contains(" us eu apac au jp in ca ", " "+first+" "):
		return "geo", rest
	}
	return "", id
}

// compare drops the prices that the catalog has, noting those that differ.
func (l *liteImport) compare(key string, p *pricing.Price) {
	scope, region := "geo", p.Geo
	if p.Scope == "global" {
		scope = "global"
	}
	if prefix, _, ok := strings.Cut(key, "."); ok && region == "" {
		region = regionOf(prefix)
	}
	for band, rates := range map[unit.Band]map[unit.Kind]pricing.Rate{unit.Base: p.Rates, unit.Long: p.Long} {
		for _, k := range kinds() {
			ours, row, ok := l.o.Catalog.TokenRate(p.Model, scope, region, k, band, l.o.AsOf)
			theirs, given := rates[k]
			if !ok || !given {
				continue
			}
			kept := "catalog"
			if row.Overlay {
				kept = "overlay"
			}
			l.out.compare(fmt.Sprintf("price %s %s %s %s (%s)", p.Model, p.Scope, band, k, key), theirs, ours, kept)
			delete(rates, k)
		}
	}
}

// regionOf is a Region of the part of the world that a profile's prefix names.
func regionOf(prefix string) string {
	if r, ok := map[string]string{"eu": "eu-west-1", "jp": "ap-northeast-1", "apac": "ap-southeast-1", "au": "ap-southeast-2"}[prefix]; ok {
		return r
	}
	return "us-east-1"
}

// read takes an entry's prices to dollars per million tokens; 0 is no price but
// for cache writes. wrong lists the values that are no prices.
func (l *liteImport) read(e *entryOf) (p *pricing.Price, wrong []string, ok bool) {
	p = &pricing.Price{Rates: map[unit.Kind]pricing.Rate{}, Long: map[unit.Kind]pricing.Rate{}}
	const long = "_above_200k_tokens"
	for _, x := range []struct {
		to   map[unit.Kind]pricing.Rate
		kind unit.Kind
		key  string
		text loose
	}{
		{p.Rates, unit.Input, inputKey, e.Input}, {p.Rates, unit.Output, outputKey, e.Output}, {p.Rates, unit.CacheWrite5m, writeKey, e.Write},
		{p.Rates, unit.CacheWrite1h, writeKey + "_above_1hr", e.Write1h}, {p.Rates, unit.CacheRead, readKey, e.Read},
		{p.Long, unit.Input, inputKey + long, e.LInput}, {p.Long, unit.Output, outputKey + long, e.LOutput}, {p.Long, unit.CacheWrite5m, writeKey + long, e.LWrite},
		{p.Long, unit.CacheWrite1h, writeKey + "_above_1hr" + long, e.LWrite1h}, {p.Long, unit.CacheRead, readKey + long, e.LRead},
	} {
		r, ok := rateOf(x.text, perMillion, 6, perMillion)
		switch {
		case x.text != "" && !ok:
			wrong = append(wrong, x.key+" is "+x.text.shown())
		case ok && !r.Zero():
			x.to[x.kind] = r
		}
	}
	embedding := e.Mode == "embedding"
	return p, wrong, p.Rates[unit.Input].Known() && (embedding || p.Rates[unit.Output].Known())
}

// Keys of an entry that hold prices.
const (
	inputKey  = "input_cost_per_token"
	outputKey = "output_cost_per_token"
	writeKey  = "cache_creation_input_token_cost"
	readKey   = "cache_read_input_token_cost"
)

// rateOf is a decimal number times a factor, rounded to so many decimals: the
// file holds floats, whose last digits are noise.
func rateOf(n loose, times int64, decimals int, per int64) (pricing.Rate, bool) {
	text := string(n)
	if _, exponent, ok := strings.Cut(strings.ToLower(text), "e"); len(text) == 0 || len(text) > 40 || ok && len(exponent) > 3 {
		return pricing.Rate{}, false
	}
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		return pricing.Rate{}, false
	}
	r, err := pricing.ParseRate(x.Mul(x, big.NewRat(times, 1)).FloatString(decimals), per)
	return r, err == nil
}

// wrong leaves an entry out whose values are no prices, and names them.
func (l *liteImport) wrong(key string, values ...string) {
	l.out.skip(key+": "+strings.Join(values, ", "), "a value that is no price")
	l.out.Notes = append(l.out.Notes, key+": "+strings.Join(values, ", ")+", which is no price: left out")
}

func (l *liteImport) source() pricing.Provenance {
	return pricing.Provenance{AsOf: l.o.AsOf, Confidence: "low", Source: []string{"LiteLLM " + l.o.Name}}
}

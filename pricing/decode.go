package pricing

import (
	"quotawall/pricing/tomlpos"
	"quotawall/sim/nearest"
	"quotawall/sim/unit"
)

const million = 1_000_000

// decoder reads the tables of one catalog file.
type decoder struct {
	*tomlpos.Mistakes
	file string
	lays bool // the file is an overlay
	tree map[string]any
	into *Catalog
	// partial lists the paths of rows that lack what tells them from others.
	partial   map[string]bool
	priceKeys []string // listed when the first price is read
}

func (d *decoder) all() {
	readers := map[string]func(*table){
		"source": d.source, "model": d.model, "price": d.price, "tier": d.tier, "reserved": d.reserved,
		"model_unit": d.unit, "instance": d.instance, "curve": d.curve, "throughput": d.throughput,
		"service": d.service, "tokenizer": d.tokenizer, "quota": d.quota, "mantle": d.mantleRow,
		"ruleset": d.ruleset, "discount": d.discount, "applied": d.appliedRow,
		"autoscaling": d.autoscaling, "savings_plan": d.savingsPlan, "region": d.regions,
	}
	for _, key := range sortedKeys(d.tree) {
		if read, ok := readers[key]; ok {
			for _, path := range rows(d.Mistakes, d.tree, "", key, read) {
				d.partial[path] = true
			}
			continue
		}
		d.Add(key, nearest.DidYouMean(key, sortedKeys(readers)), "unknown table %q", key)
	}
}

func (d *decoder) source(t *table) {
	s := Source{ID: t.must("id"), Title: t.must("title"), URL: t.must("url"), Date: t.must("date")}
	s.text = s.URL + " (" + s.Date + ")"
	if _, twice := d.into.sources[s.ID]; twice && s.ID != "" {
		t.m.Add(t.at("id"), "leave one of them out", "a second source row for %s", s.ID)
	}
	d.into.sources[s.ID] = s
}

func (d *decoder) model(t *table) {
	m := Model{
		ID: t.must("id"), Family: t.text("family"), Names: t.texts("names"), Tier: int(t.count("tier")),
		Context: t.count("context"), MaxOutput: t.count("max_output"), Tokenizer: t.text("tokenizer"),
		CacheMin: t.count("cache_min"), Cache1h: t.flag("cache_1h"), Checkpoints: t.count("checkpoints"),
		Burndown: max(1, t.count("burndown")), Batch: t.flag("batch"), Reserved: t.flag("reserved"),
		ModelUnits: t.flag("model_units"), Status: t.text("status"), Released: t.date("released"), Retired: t.date("retired"),
		FirstToken: t.duration("first_token"), PerToken: t.duration("per_token"), Unverified: t.texts("unverified"),
	}
	m.Provenance = t.provenance(d)
	d.into.models = append(d.into.models, m)
}

func (d *decoder) price(t *table) {
	p := Price{
		Model: t.must("model"), Scope: t.must("scope"), Geo: t.text("geo"), Region: t.text("region"), LongAbove: t.count("long_above"),
		Valid: Interval{From: t.date("from"), Until: t.date("until")},
		Rates: map[unit.Kind]Rate{}, Long: map[unit.Kind]Rate{},
	}
	if p.Valid.From != "" && p.Valid.Until != "" && p.Valid.From >= p.Valid.Until {
		t.m.Add(t.at("until"), "", "until %s is not after from %s", p.Valid.Until, p.Valid.From)
	}
	t.oneOf("scope", "global", "regional", "single")
	keys := d.allPriceKeys()
	for i, k := range kinds() {
		read := t.price
		if k == unit.CacheWrite5m || k == unit.CacheWrite1h {
			read = t.rate // Nova's cache writes are free
		}
		if r := read(keys[2*i], million); r.Known() {
			p.Rates[k] = r
		}
		if r := read(keys[2*i+1], million); r.Known() {
			p.Long[k] = r
		}
	}
	t.somePrice(keys...)
	p.Provenance = t.provenance(d)
	d.into.prices = append(d.into.prices, p)
}

// allPriceKeys lists the keys of a [[price]] row that hold prices, two a kind of
// token: in the base band and in the long one.
func (d *decoder) allPriceKeys() []string {
	if d.priceKeys == nil {
		for _, k := range kinds() {
			d.priceKeys = append(d.priceKeys, string(k), "long_"+string(k))
		}
	}
	return d.priceKeys
}

func (d *decoder) tier(t *table) {
	x := Tier{Model: t.must("model"), Tier: t.must("tier"), Input: t.price("input", million), Output: t.price("output", million)}
	t.somePrice("input", "output")
	x.Provenance = t.provenance(d)
	d.into.tiers = append(d.into.tiers, x)
}

func (d *decoder) reserved(t *table) {
	r := ReservedPrice{Model: t.must("model"), Scope: t.must("scope"), MinInputTPM: t.count("min_input_tpm"), MinOutputTPM: t.count("min_output_tpm"), Rates: map[string]Rate{}}
	for _, k := range []unit.Kind{unit.Input, unit.Output} {
		for _, term := range reservedTerms() {
			if x := t.price(string(k)+term.key, 1); x.Known() {
				r.Rates[string(k)+" "+term.name] = x
			}
		}
	}
	t.somePrice("input_1_month", "input_3_months", "output_1_month", "output_3_months")
	r.Provenance = t.provenance(d)
	d.into.reserved = append(d.into.reserved, r)
}

func (d *decoder) unit(t *table) {
	u := UnitPrice{Model: t.must("model"), Region: t.must("region"), Rates: map[string]Rate{}}
	for _, term := range unitTerms() {
		if x := t.price(term.key, 1); x.Known() {
			u.Rates[term.name] = x
		}
	}
	t.somePrice("usd_no_commit", "usd_1_month", "usd_6_months")
	u.Provenance = t.provenance(d)
	d.into.units = append(d.into.units, u)
}

func (d *decoder) instance(t *table) {
	i := Instance{Type: t.must("type"), GPUs: t.text("gpus"), Region: t.text("region"), Hourly: t.mustPrice("usd_per_hour", 1)}
	i.Provenance = t.provenance(d)
	d.into.instances = append(d.into.instances, i)
}

func (d *decoder) curve(t *table) {
	c := Curve{
		Name: t.must("name"), Model: t.text("model"), Quantization: t.text("quantization"), Instance: t.text("instance"),
		Engine: t.text("engine"), Context: t.count("context"), OutputTokens: t.count("output_tokens_per_request"),
		Concurrency: t.counts("concurrency"), Speed: t.speeds("tokens_per_second"),
	}
	t.texts("median_ms_per_token")
	if len(c.Concurrency) == 0 || len(c.Concurrency) != len(c.Speed) {
		t.m.Add(t.path, "", "concurrency and tokens_per_second want equally many values, at least one")
	}
	c.Provenance = t.provenance(d)
	d.into.curves = append(d.into.curves, c)
}

func (d *decoder) autoscaling(t *table) {
	a := Autoscaling{
		ScaleIn: t.duration("scale_in_cooldown"), ScaleOut: t.duration("scale_out_cooldown"), Metric: t.duration("metric_period"),
		HighResolution: t.duration("high_resolution_period"), FromZero: t.duration("from_zero"),
	}
	a.Provenance = t.provenance(d)
	d.into.scaling = append(d.into.scaling, a)
}

func (d *decoder) savingsPlan(t *table) {
	p := SavingsPlan{Years: t.counts("years"), MaxDiscount: t.ratio("max_discount")}
	p.Provenance = t.provenance(d)
	d.into.plans = append(d.into.plans, p)
}

func (d *decoder) throughput(t *table) {
	x := Throughput{Model: t.must("model"), Instance: t.text("instance"), Engine: t.text("engine"), Platform: t.text("platform"), Concurrency: t.count("concurrency")}
	x.Speed = t.milli("tokens_per_second", t.must("tokens_per_second"))
	x.Provenance = t.provenance(d)
	d.into.throughputs = append(d.into.throughputs, x)
}

func (d *decoder) service(t *table) {
	s := Service{Name: t.must("name"), Unit: t.text("unit"), Region: t.text("region"), Free: t.count("free")}
	s.Rate = t.mustPrice("usd", max(1, t.count("per")))
	s.Provenance = t.provenance(d)
	d.into.services = append(d.into.services, s)
}

func (d *decoder) tokenizer(t *table) {
	x := TokenizerStep{From: t.must("from"), To: t.must("to"), Num: 1, Den: 1}
	if r := t.price("ratio", 1); r.Known() {
		if x.Num, x.Den = r.usd.Num().Int64(), r.usd.Denom().Int64(); !r.usd.Num().IsInt64() || !r.usd.Denom().IsInt64() {
			t.m.Add(t.at("ratio"), "", "ratio has too many digits: at most 18")
		}
	}
	x.Provenance = t.provenance(d)
	d.into.tokenizers = append(d.into.tokenizers, x)
}

func (d *decoder) discount(t *table) {
	x := Discount{Model: t.must("model"), Share: t.ratio("share")}
	x.Provenance = t.provenance(d)
	d.into.discounts = append(d.into.discounts, x)
}

func (d *decoder) appliedRow(t *table) {
	a := Applied{Account: orStar(t.text("account")), Region: orStar(t.text("region")), Scope: orStar(t.text("scope")), Model: t.must("model")}
	a.RPM, a.TPM, a.TPD = t.limit("rpm"), t.limit("tpm"), t.limit("tpd")
	a.Provenance = t.provenance(d)
	d.into.applied = append(d.into.applied, a)
}

func orStar(s string) string {
	if s == "" {
		return "*"
	}
	return s
}

package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quotawall/pricing"
)

// entry is one made-up price of a list.
type listed struct{ service, model, usage, region, unit, about, from, usd string }

const sonnet = "Claude Sonnet 4.6 (Amazon Bedrock Edition)"

func claude(title, metric, usd string) listed {
	return listed{service: title, usage: "USE1-MP:USE1_" + metric + "-Units", region: "us-east-1", unit: "1M tokens", about: "USD per Million tokens", usd: usd}
}

func nova(metric, usd string) listed {
	return listed{service: "Amazon Bedrock", model: "Nova Pro", usage: "USE1-NovaPro-" + metric, region: "us-east-1", unit: "1K tokens", about: "per 1K tokens", usd: usd}
}

// bulkJSON, getProducts and bulkCSV write the same list in AWS's three forms.
func bulkJSON(rows []listed) string {
	products, terms := map[string]any{}, map[string]any{}
	for i, r := range rows {
		sku := fmt.Sprintf("SKU%03d", i)
		product, term := r.parts()
		products[sku], terms[sku] = product, term
	}
	b, _ := json.Marshal(map[string]any{"formatVersion": "v1.0", "publicationDate": "2026-11-15T00:19:12Z", "version": "1", "terms2": []any{1, map[string]any{}}})
	p, _ := json.Marshal(products)
	t, _ := json.Marshal(terms)
	return strings.TrimSuffix(string(b), "}") + `,"products":` + string(p) + `,"terms":{"Reserved":{"x":{}},"OnDemand":` + string(t) + "}}"
}

func (r listed) parts() (product, terms map[string]any) {
	attributes := map[string]any{"servicename": r.service, "usagetype": r.usage, "regionCode": r.region}
	if r.model != "" {
		attributes["model"] = r.model
	}
	dimension := map[string]any{"unit": r.unit, "description": r.about, "beginRange": r.from, "endRange": "Inf", "pricePerUnit": map[string]string{"USD": r.usd}}
	return map[string]any{"productFamily": nil, "attributes": attributes},
		map[string]any{"T": map[string]any{"priceDimensions": map[string]any{"D": dimension}}}
}

func getProducts(rows []listed) string {
	var list []string
	for i, r := range rows {
		product, terms := r.parts()
		product["sku"] = fmt.Sprintf("SKU%03d", i)
		b, _ := json.Marshal(map[string]any{"product": product, "publicationDate": "2026-11-15T00:19:12Z", "terms": map[string]any{"OnDemand": terms}})
		list = append(list, string(b))
	}
	b, _ := json.Marshal(map[string]any{"FormatVersion": "aws_v1", "PriceList": list})
	return string(b)
}

func bulkCSV(rows []listed) string {
	var b strings.Builder
	b.WriteString("\"FormatVersion\",\"v1.0\"\n\"Publication Date\",\"2026-11-15T00:19:12Z\"\n\"OfferCode\",\"AmazonBedrock\"\n")
	b.WriteString("SKU,TermType,PriceDescription,StartingRange,Unit,PricePerUnit,Currency,\"usageType\",\"Region Code\",\"serviceName\",\"Model\"\n")
	for i, r := range rows {
		fmt.Fprintf(&b, "SKU%03d,OnDemand,%q,%q,%q,%q,USD,%q,%q,%q,%q\n", i, r.about, r.from, r.unit, r.usd, r.usage, r.region, r.service, r.model)
	}
	return b.String()
}

func importAWS(t *testing.T, rows ...listed) *Result {
	t.Helper()
	r, err := AWS(strings.NewReader(bulkJSON(rows)), Options{Name: "list.json", Catalog: embedded(t)})
	if err != nil {
		t.Fatal(err)
	}
	loads(t, r)
	return r
}

func embedded(t testing.TB) *pricing.Catalog {
	t.Helper()
	c, err := pricing.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// loads checks that the overlay of a result is one.
func loads(t testing.TB, r *Result) *pricing.Catalog {
	t.Helper()
	c := embedded(t)
	if err := c.Overlay("imported.toml", r.TOML()); err != nil {
		t.Fatalf("%v\n%s", err, r.TOML())
	}
	return c
}

// brief lists rows as "table key: field value ...", without provenance.
func brief(r *Result) []string {
	out := []string{}
	for _, row := range r.Rows {
		var fields []string
		for _, f := range row.Fields {
			if f.Money || f.Name == "long_above" {
				fields = append(fields, f.Name+" "+f.Text)
			}
		}
		out = append(out, row.Table+" "+row.Key+": "+strings.Join(fields, ", "))
	}
	return out
}

func whys(r *Result) []string {
	out := []string{}
	for _, s := range r.Skipped {
		out = append(out, fmt.Sprintf("%d x %s", s.Count, s.Why))
	}
	return out
}

// awsTrap is a trap of the price lists, made up but in their manner (facts of
// 2026-09), and what comes of it.
type awsTrap struct {
	name          string
	rows          []listed
	want, skipped []string
}

func (l listed) in(region string) listed       { l.region = region; return l }
func (l listed) per(unit, about string) listed { l.unit, l.about = unit, about; return l }

// spellingTraps are of names and units.
func spellingTraps(in, out listed) []awsTrap {
	return []awsTrap{
		{"old names, matched whole", []listed{in, out, claude(sonnet, "CacheReadInputTokenCount", "0.33"), claude(sonnet, "CacheWriteInputTokenCount", "4.125"), claude(sonnet, "CacheWrite1hInputTokenCount", "6.6")},
			[]string{"price claude-sonnet-4-6 regional us-east-1: input 3.3, output 16.5, cache_write_5m 4.125, cache_write_1h 6.6, cache_read 0.33"}, nil},
		{"global has no Region", []listed{claude(sonnet, "InputTokenCount_Global", "3"), claude(sonnet, "OutputTokenCount_Global", "15")},
			[]string{"price claude-sonnet-4-6 global: input 3, output 15"}, nil},
		{"new names", []listed{
			claude("Claude Sonnet 5.5 (Amazon Bedrock Edition)", "input_tokens_global_standard", "2"), claude("Claude Sonnet 5.5 (Amazon Bedrock Edition)", "output_tokens_global_standard", "10"),
			claude("Claude Sonnet 5.5 (Amazon Bedrock Edition)", "cache_write_tokens_1h_global_standard", "4"), claude("Claude Sonnet 5.5 (Amazon Bedrock Edition)", "cache_read_tokens_global_standard", "0.1")},
			[]string{"price claude-sonnet-5-5 global: input 2, output 10, cache_write_1h 4, cache_read 0.1"}, nil},
		{"long prompts: the limit is the catalog's", []listed{
			claude("Claude Haiku 5.5", "input_tokens_standard", "0.11"), claude("Claude Haiku 5.5", "output_tokens_standard", "0.55"), claude("Claude Haiku 5.5", "input_tokens_long_ctx_standard", "0.55"),
			in, out, claude(sonnet, "InputTokenCount_LCtx", "6.6")},
			[]string{"price claude-haiku-5-5 regional us-east-1: input 0.11, output 0.55, long_above 100000, long_input 0.55", "price claude-sonnet-4-6 regional us-east-1: input 3.3, output 16.5"},
			[]string{"1 x long-prompt prices of a model whose limit the catalog does not know (long_above)"}},
		{"an OpenAI cache lifetime", []listed{claude("OpenAI GPT-6 Astra (Amazon Bedrock Edition)", "cache_write_tokens_30m_standard", "13")}, nil,
			[]string{"1 x a cache lifetime that is neither 5 minutes nor an hour"}},
		{"per thousand", []listed{nova("input-tokens", "0.0008000000"), nova("output-tokens", "0.0032000000"), nova("cache-read-input-token-count", "0.0002")},
			[]string{"price nova-pro regional us-east-1: input 0.8, output 3.2, cache_read 0.2"}, nil},
		{"units, if millions", []listed{in.per("Units", "Million Input Tokens Regional"), out.per("Units", "Output Tokens"), out},
			[]string{"price claude-sonnet-4-6 regional us-east-1: input 3.3, output 16.5"}, []string{`1 x a unit that is not known: "Units"`}},
	}
}

// doubtTraps are of values that are none, or more than one.
func doubtTraps(in, out listed) []awsTrap {
	return []awsTrap{
		{"unknown units", []listed{in.per("image", ""), in.per("Model/month", ""), out.per("Training Tokens", "")}, nil,
			[]string{`1 x a unit that is not known: "Model/month"`, `1 x a unit that is not known: "Training Tokens"`, `1 x a unit that is not known: "image"`}},
		{"zero is free only for cache writes", []listed{nova("input-tokens", "0.0008"), nova("output-tokens", "0.0032"), nova("cache-write-input-token-count", "0.0000000000"), nova("cache-read-input-token-count", "0.0000000000")},
			[]string{"price nova-pro regional us-east-1: input 0.8, output 3.2, cache_write_5m 0"}, []string{"1 x a price of 0, which is a placeholder"}},
		{"twice the same", []listed{in, in, out}, []string{"price claude-sonnet-4-6 regional us-east-1: input 3.3, output 16.5"}, nil},
		{"twice, not the same", []listed{in, claude(sonnet, "input_tokens_standard", "3.4"), out}, nil,
			[]string{"1 x prices without an input price", "1 x two prices for one thing: USE1-MP:USE1_InputTokenCount-Units says 3.3, USE1-MP:USE1_input_tokens_standard-Units says 3.4"}},
	}
}

// capacityTraps are of what is not sold by the pair of input and output tokens.
func capacityTraps(in listed) []awsTrap {
	return []awsTrap{
		{"no pair", []listed{in}, nil, []string{"1 x an input price without an output price"}},
		{"no pair needed for embeddings", []listed{{service: "Amazon Bedrock", model: "Titan Embed Text V2", usage: "USE1-titan-embed-text-v2-input-tokens", region: "us-east-1", unit: "1K tokens", usd: "0.00002"}},
			[]string{"price titan-embed-text-v2 regional us-east-1: input 0.02"}, nil},
		{"Reserved by its description", []listed{claude(sonnet, "Reserved_1Month_InputTPM_Global", "0.18").per("1M TPM Hour", "$0.18 per 1K TPM per hour"), claude(sonnet, "Reserved_3Month_OutputTPM_Geo", "891").per("1M TPM Hour", "per 1M TPM Hour"), claude(sonnet, "Reserved_1Month_OutputTPM_Geo", "0.99").per("1M TPM Hour", "per hour")},
			[]string{"reserved claude-sonnet-4-6 global: input_1_month 0.18", "reserved claude-sonnet-4-6 regional: output_3_months 0.891"},
			[]string{"1 x a reserved price whose description does not say for how many tokens a minute"}},
		{"model units", []listed{claude("Claude 3.7 Sonnet (Amazon Bedrock Edition)", "ProvisionedThroughput_1MonthCommit_ModelUnits_Usage", "158.4").per("hour", "").in("us-west-2"), claude(sonnet, "ProvisionedThroughput_NoCommit_ModelUnits_Usage", "200").per("hour", "")},
			[]string{"model_unit claude-3-7-sonnet us-west-2: usd_1_month 158.4", "model_unit claude-sonnet-4-6 us-east-1: usd_no_commit 200"}, nil},
		{"endpoints only", []listed{{usage: "USE1-Host:ml.g5.xlarge", region: "us-east-1", unit: "Hrs", usd: "1.408"}, {usage: "USE1-Train:ml.g5.xlarge", region: "us-east-1", unit: "Hrs", usd: "1.408"}},
			[]string{"instance ml.g5.xlarge us-east-1: usd_per_hour 1.408"}, []string{"1 x no token, capacity or endpoint price that is understood"}},
	}
}

// variantTraps are of other tiers, spellings and products.
func variantTraps(in, out listed) []awsTrap {
	return []awsTrap{
		{"batch by the rule, and not", []listed{
			claude("Claude Sonnet 4.5", "InputTokenCount", "3.3"), claude("Claude Sonnet 4.5", "OutputTokenCount", "16.5"), claude("Claude Sonnet 4.5", "MillionBatchInputTokens", "1.65"), claude("Claude Sonnet 4.5", "OutputTokenCount_Batch", "8.25"),
			nova("input-tokens", "0.0008"), nova("output-tokens", "0.0032"), nova("input-tokens-priority", "0.0014"), nova("output-tokens-priority", "0.0056"), nova("input-tokens-flex", "0.0004")},
			[]string{"price claude-sonnet-4-5 regional us-east-1: input 3.3, output 16.5", "price nova-pro regional us-east-1: input 0.8, output 3.2", "tier nova-pro priority: input 1.4, output 5.6"},
			[]string{"2 x a batch price of half the on-demand price, which the bill applies by itself", "1 x a tier's price without its input or output"}},
		{"both spellings of open-weight models", []listed{
			{model: "Qwen3 32B", usage: "USE1-Qwen3-32B-input-tokens", region: "us-east-1", unit: "1K tokens", usd: "0.00015"}, {usage: "USE1-qwen.qwen3-32b-mantle-input-tokens-standard", region: "us-east-1", unit: "1K tokens", usd: "0.00015"},
			{usage: "USE1-qwen.qwen3-32b-mantle-output-tokens-standard", region: "us-east-1", unit: "1K tokens", usd: "0.0006"}},
			[]string{"price qwen3-32b regional us-east-1: input 0.15, output 0.6"}, nil},
		{"other products of a model", []listed{nova("input-tokens-custom-model", "0.001"), nova("input-tokens-latency-optimized", "0.001"), nova("input-tokens-sideways", "0.001"), nova("Customization-Training", "1")}, nil,
			[]string{"1 x a variant of a token price that is not understood", "1 x no token, capacity or endpoint price that is understood", "1 x the price of a customized model", "1 x the price of latency-optimized inference"}},
		{"a volume tier", []listed{in, out, {service: sonnet, usage: in.usage, region: "us-east-1", unit: "1M tokens", from: "1000000", usd: "2"}},
			[]string{"price claude-sonnet-4-6 regional us-east-1: input 3.3, output 16.5"}, []string{"1 x a price for volumes beyond the first"}},
		{"unknown model", []listed{claude("Claude Zebra 9 (Amazon Bedrock Edition)", "InputTokenCount", "1")}, nil, []string{"1 x a model that the catalog does not know: Claude Zebra 9 (Amazon Bedrock Edition)"}},
	}
}

func TestAWSTraps(t *testing.T) {
	in, out := claude(sonnet, "InputTokenCount", "3.3000000000"), claude(sonnet, "OutputTokenCount", "16.5000000000")
	for _, x := range slices.Concat(spellingTraps(in, out), doubtTraps(in, out), capacityTraps(in), variantTraps(in, out)) {
		t.Run(x.name, func(t *testing.T) { wants(t, importAWS(t, x.rows...), x.want, x.skipped) })
	}
}

// wants compares what an import made of a file, and what it left out and why.
func wants(t *testing.T, r *Result, rows, skipped []string) {
	t.Helper()
	if diff := cmp.Diff(rows, brief(r), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("rows (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(skipped, whys(r), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("skipped (-want +got)\n%s", diff)
	}
}

// TestAWSForms: the three forms of one list give one result.
func TestAWSForms(t *testing.T) {
	rows := []listed{
		claude(sonnet, "InputTokenCount", "3.3"), claude(sonnet, "OutputTokenCount", "16.5"), nova("input-tokens", "0.0008"), nova("output-tokens", "0.0032"),
		{usage: "USE1-Host:ml.g6.xlarge", region: "us-east-1", unit: "Hrs", usd: "1.1267"}, claude(sonnet, "Something", "1"),
	}
	var first *Result
	for _, text := range []string{bulkJSON(rows), "\ufeff" + bulkJSON(rows), getProducts(rows), bulkCSV(rows), "\ufeff" + bulkCSV(rows)} {
		r, err := AWS(strings.NewReader(text), Options{Name: "list", Catalog: embedded(t)})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if first == nil {
			first = r
		}
		if diff := cmp.Diff(first, r, cmp.AllowUnexported(pricing.Field{})); diff != "" {
			t.Errorf("(-first +this)\n%s\n%.80s", diff, text)
		}
	}
	if first.AsOf != "2026-11-15" || first.Read != 6 || len(first.Rows) != 3 {
		t.Errorf("as of %s, %d read, %d rows", first.AsOf, first.Read, len(first.Rows))
	}
}

// TestPrecedence: overlay > AWS list > embedded, and what differs is told.
func TestPrecedence(t *testing.T) {
	c := embedded(t)
	rows := []listed{claude(sonnet, "InputTokenCount", "3.3"), claude(sonnet, "OutputTokenCount", "17")}
	r := importAWS(t, rows...)
	want := []Conflict{{What: "price claude-sonnet-4-6 geo us-east-1 base output", Theirs: "17", Ours: "16.5", Apart: "3.0%", Kept: "AWS list"}}
	if diff := cmp.Diff(want, r.Conflicts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	with := loads(t, r)
	if p, _ := with.Price("claude-sonnet-4-6", "geo", "us-east-1", "2026-11-23"); p.Rates["output"].String() != "17" {
		t.Errorf("output %s", p.Rates["output"])
	}
	if p, _ := with.Price("claude-sonnet-4-6", "geo", "eu-west-1", "2026-11-23"); p.Rates["output"].String() != "16.5" {
		t.Errorf("the list of us-east-1 changed eu-west-1: %s", p.Rates["output"])
	}
	offer := "[[price]]\nmodel = \"claude-sonnet-4-6\"\nscope = \"regional\"\noutput = \"12\"\nas_of = 2026-11-01\nsource = [\"private offer\"]\n"
	if err := c.Overlay("offer.toml", offer); err != nil {
		t.Fatal(err)
	}
	r, err := AWS(strings.NewReader(bulkCSV(rows)), Options{Name: "list.csv", Catalog: c})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Conflicts) != 1 || r.Conflicts[0].Kept != "overlay" || brief(r)[0] != "price claude-sonnet-4-6 regional us-east-1: input 3.3" {
		t.Errorf("conflicts %+v, rows %v", r.Conflicts, brief(r))
	}
}

func TestAWSMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "list: empty",
		"hello":                     "list: neither JSON nor a CSV",
		"{}":                        "list: no products: is this an AWS price list?",
		`{"products":{"a":{"attr`:   "list: the file ends in the middle",
		`{"products":[]}`:           "list: byte 13: found [, want {",
		`{"products":{"a":3}}`:      "list: byte",
		"SKU,Unit\n\"a,b\n":         "list:2:",
		`{"products":{"a":{}}}`:     "list: no publication date",
		`{"PriceList":["{\"prod"]}`: "list: byte",
	} {
		_, err := AWS(strings.NewReader(text), Options{Name: "list", Catalog: embedded(t)})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if r, err := AWS(strings.NewReader(`{"products":{"a":{}}}`), Options{Name: "list", AsOf: "2026-11-01", Catalog: embedded(t)}); err != nil || r.AsOf != "2026-11-01" {
		t.Errorf("with --as-of: %v", err)
	}
}

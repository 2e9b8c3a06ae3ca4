package importer

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotawall/pricing"
)

func importLite(t *testing.T, c *pricing.Catalog, entries string) *Result {
	t.Helper()
	r, err := LiteLLM(strings.NewReader("{"+entries+"}"), Options{Name: "lite.json", AsOf: "2026-11-20", Catalog: c})
	if err != nil {
		t.Fatal(err)
	}
	loads(t, r)
	return r
}

// TestLiteLLMTraps has a case for each trap of the file (facts of 2026-08).
func TestLiteLLMTraps(t *testing.T) {
	const chat = `"litellm_provider":"bedrock_converse","mode":"chat",`
	tests := []struct {
		name, entries            string
		want, conflicts, skipped []string
	}{
		{"the sample is no model", `"sample_spec":{"input_cost_per_token":"x","litellm_provider":"one of"},"gpt-9":{"litellm_provider":"openai","input_cost_per_token":1},"anthropic.claude-opus-4-6-v1":{` + chat + `"input_cost_per_token":5e-06,"output_cost_per_token":2.5e-05}`,
			nil, nil, []string{"1 x no model's entry", "1 x prices that the catalog has"}},
		{"a bare id carries the global price", `"anthropic.claude-opus-4-6-v1":{` + chat + `"input_cost_per_token":5e-06,"output_cost_per_token":2.5e-05}`, nil, nil, []string{"1 x prices that the catalog has"}},
		{"a profile without its 10 %", `"eu.anthropic.claude-opus-4-5-20251101-v1:0":{` + chat + `"input_cost_per_token":5e-06,"output_cost_per_token":2.5e-05}`, nil,
			[]string{"price claude-opus-4-5 regional base input (eu.anthropic.claude-opus-4-5-20251101-v1:0): 5 for 5.5 (9.1%), kept catalog", "price claude-opus-4-5 regional base output (eu.anthropic.claude-opus-4-5-20251101-v1:0): 25 for 27.5 (9.1%), kept catalog"},
			[]string{"1 x prices that the catalog has"}},
		{"stale rows", `"amazon.titan-text-lite-v1":{"litellm_provider":"bedrock","mode":"chat","input_cost_per_token":3e-07,"output_cost_per_token":4e-07}`, nil,
			[]string{"price titan-text-lite single base input (amazon.titan-text-lite-v1): 0.3 for 0.15 (100.0%), kept catalog", "price titan-text-lite single base output (amazon.titan-text-lite-v1): 0.4 for 0.2 (100.0%), kept catalog"},
			[]string{"1 x prices that the catalog has"}},
		{"a commitment's price stands twice and is paid once", `"bedrock/us-west-2/1-month-commitment/anthropic.claude-instant-v1":{"litellm_provider":"bedrock","mode":"chat","input_cost_per_second":0.011,"output_cost_per_second":0.011},"bedrock/us-west-2/6-month-commitment/anthropic.claude-instant-v1":{"litellm_provider":"bedrock","mode":"chat","input_cost_per_second":0.00611,"output_cost_per_second":0.00611},"bedrock/us-east-1/1-month-commitment/anthropic.claude-v2:1":{"litellm_provider":"bedrock","input_cost_per_second":0.0175},"bedrock/*/1-month-commitment/cohere.command-text-v14":{"litellm_provider":"bedrock","input_cost_per_second":0.02}`,
			[]string{"model_unit claude-instant us-west-2: usd_1_month 39.6, usd_6_months 22"},
			[]string{"model unit command-text any 1-month: 72 for 39.6 (81.8%), kept catalog"}, []string{"2 x prices that the catalog has"}},
		{"zero is no price", `"anthropic.claude-mythos-preview":{` + chat + `"input_cost_per_token":0,"output_cost_per_token":0},"amazon.nova-pro-v1:0":{` + chat + `"input_cost_per_token":8e-07,"output_cost_per_token":3.2e-06}`,
			nil, nil, []string{"1 x no price, or one of 0, which is a placeholder", "1 x prices that the catalog has"}},
		{"values that are no prices", `"amazon.nova-pro-v1:0":{` + chat + `"input_cost_per_token":-1,"output_cost_per_token":"abc"},"amazon.nova-lite-v1:0":{` + chat + `"input_cost_per_token":true},"bedrock/us-west-2/1-month-commitment/anthropic.claude-instant-v1":{"litellm_provider":"bedrock","input_cost_per_second":-0.011}`,
			nil, nil, []string{"3 x a value that is no price"}},
		{"gaps are filled", `"anthropic.claude-opus-4-1-20250805-v1:0":{` + chat + `"input_cost_per_token":1.5e-05,"output_cost_per_token":7.5e-05,"cache_creation_input_token_cost_above_1hr":2.9999999999999997e-05}`,
			[]string{"price claude-opus-4-1 single: cache_write_1h 30"}, nil, nil},
		{"models that the catalog does not know", `"zebra.zebra-nine-20260101-v1:0":{"litellm_provider":"bedrock","mode":"chat","max_input_tokens":1000,"max_output_tokens":100,"input_cost_per_token":1e-06,"output_cost_per_token":2e-06,"input_cost_per_token_above_200k_tokens":2e-06,"output_cost_per_token_above_200k_tokens":3e-06}`,
			[]string{"model zebra-nine-20260101: ", "price zebra-nine-20260101 single: input 1, output 2, long_above 200000, long_input 2, long_output 3"}, nil, nil},
		{"a Region's own price", `"bedrock/ap-northeast-1/anthropic.claude-v2:1":{"litellm_provider":"bedrock","input_cost_per_token":8e-06,"output_cost_per_token":2.4e-05}`, nil, nil, []string{"1 x prices that the catalog has"}},
		{"what is not read", `"us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0":{` + chat + `"input_cost_per_token":3.6e-06,"output_cost_per_token":1.8e-05},"bedrock_mantle/openai.gpt-oss-20b":{"litellm_provider":"bedrock_mantle","input_cost_per_token":1e-06},"stability.sd3":{"litellm_provider":"bedrock","mode":"image_generation"}`,
			nil, nil, []string{"1 x GovCloud", "1 x a spelling that is not read", "1 x no text model"}},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			r := importLite(t, embedded(t), x.entries)
			var conflicts []string
			for _, c := range r.Conflicts {
				conflicts = append(conflicts, c.What+": "+c.Theirs+" for "+c.Ours+" ("+c.Apart+"), kept "+c.Kept)
			}
			wants(t, r, x.want, x.skipped)
			if diff := cmp.Diff(x.conflicts, conflicts); diff != "" {
				t.Errorf("conflicts (-want +got)\n%s", diff)
			}
		})
	}
}

func TestLiteLLMMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`{"gpt-9":{"litellm_provider":"openai"}}`: "f: no Bedrock rows among 1: some mirrors",
		`[]`:      "f: byte 1: found [, want {",
		`{"a":{"`: "f: the file ends in the middle",
		``:        "f: the file ends in the middle",
	} {
		_, err := LiteLLM(strings.NewReader(text), Options{Name: "f", AsOf: "2026-11-20", Catalog: embedded(t)})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := LiteLLM(strings.NewReader("{}"), Options{Name: "f", Catalog: embedded(t)}); err == nil || !strings.Contains(err.Error(), "--as-of") {
		t.Errorf("without a day: %v", err)
	}
}

// TestLiteLLMNamesWhatIsNoPrice, with its entry and key.
func TestLiteLLMNamesWhatIsNoPrice(t *testing.T) {
	r := importLite(t, embedded(t), `"amazon.nova-pro-v1:0":{"litellm_provider":"bedrock","mode":"chat","input_cost_per_token":-1,"output_cost_per_token":"abc"}`)
	want := []string{`amazon.nova-pro-v1:0: input_cost_per_token is "-1", output_cost_per_token is "abc", which is no price: left out`}
	if diff := cmp.Diff(want, r.Notes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

const quotaPage = `{"Quotas":[
{"ServiceCode":"bedrock","QuotaArn":"arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-11111111","QuotaCode":"L-11111111","QuotaName":"Cross-region model inference requests per minute for Anthropic Claude Opus 4.6 V1","Value":25.0,"Adjustable":true},
{"QuotaArn":"arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-22222222","QuotaCode":"L-22222222","QuotaName":"Cross-region model inference tokens per minute for Anthropic Claude Opus 4.6 V1","Value":2000000.0},
{"QuotaArn":"arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-33333333","QuotaCode":"L-33333333","QuotaName":"Model invocation max tokens per day for Anthropic Claude Opus 4.6 V1 (doubled for cross-region calls)","Value":1296000.0},
{"QuotaArn":"arn:aws:servicequotas:us-east-1:123456789012:bedrock/L-44444444","QuotaCode":"L-44444444","QuotaName":"Global cross-region model inference tokens per day for Anthropic Claude Opus 4.6","Value":0.0},
{"QuotaName":"On-demand model inference requests per minute for Amazon Nova Pro","Value":100.0},
{"QuotaName":"Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 1M Context Length","Value":1000000.0},
{"QuotaName":"Cross-region model inference tokens per minute for Zebra Nine","Value":1.0},
{"QuotaName":"UpdateAgentActionGroup requests per second","Value":6.0},
{"QuotaName":"On-demand model inference requests per minute for Amazon Nova Lite","Value":0.5}]}`

// TestServiceQuotas: quotas are told by their names, in all scopes.
func TestServiceQuotas(t *testing.T) {
	r, err := ServiceQuotas(strings.NewReader(quotaPage), Options{Name: "q.json", AsOf: "2026-11-20", Account: "a0", Catalog: embedded(t)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range loads(t, r).Applied() {
		got = append(got, strings.Join([]string{a.Account, a.Region, a.Scope, a.Model, a.RPM.String() + "/" + a.TPM.String() + "/" + a.TPD.String(), a.Note}, " "))
	}
	want := []string{
		"a0 us-east-1 geo claude-opus-4-6 25/2000000/2592000 L-11111111, L-22222222, L-33333333",
		"a0 us-east-1 global claude-opus-4-6 //0 L-44444444",
		"a0 us-east-1 on-demand claude-opus-4-6 //1296000 L-33333333",
		"a0 * geo claude-sonnet-4-5-1m /1000000/ ",
		"a0 * on-demand nova-pro 100// ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	skipped := []string{"1 x a model that the catalog does not know: Zebra Nine", "1 x a value that is no whole number", "1 x no limit on requests or tokens of a model"}
	if diff := cmp.Diff(skipped, whys(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestServiceQuotasSpecificFirst: the first row that fits is used alone, so one
// of a Region stands first and has what is said of all Regions, too.
func TestServiceQuotasSpecificFirst(t *testing.T) {
	item := func(arn, code, name, value string) string {
		return `{"QuotaArn":"` + arn + `","QuotaCode":"` + code + `","QuotaName":"` + name + `","Value":` + value + `}`
	}
	const here, model = "arn:aws:servicequotas:us-east-1:1:bedrock/L-1", " for Anthropic Claude Opus 4.6 V1"
	r, err := ServiceQuotas(strings.NewReader(`{"Quotas":[`+strings.Join([]string{
		item("", "L-1", "Model invocation max tokens per day"+model, "777"),
		item("", "L-2", "Cross-region model inference requests per minute"+model, "9"),
		item(here, "L-3", "Cross-region model inference requests per minute"+model, "25"),
		item(here, "L-4", "Cross-region model inference tokens per minute"+model, "5000"),
	}, ",")+`]}`), Options{Name: "q.json", AsOf: "2026-11-20", Catalog: embedded(t)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range loads(t, r).Applied() {
		got = append(got, strings.Join([]string{a.Region, a.Scope, a.RPM.String() + "/" + a.TPM.String() + "/" + a.TPD.String(), a.Note}, " "))
	}
	want := []string{
		"us-east-1 geo 25/5000/777 L-3, L-4, L-1, L-2",
		"* geo 9//777 L-1, L-2",
		"* on-demand //777 L-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestServiceQuotasPages(t *testing.T) {
	page := func(account, value, next string) string {
		return `{"NextToken":"` + next + `","Quotas":[{"QuotaArn":"arn:aws:servicequotas:eu-west-1:` + account + `:bedrock/L-1","QuotaName":"On-demand model inference requests per minute for Amazon Nova Pro","Value":` + value + `}]}`
	}
	o := Options{Name: "q.json", AsOf: "2026-11-20", Catalog: embedded(t)}
	r, err := ServiceQuotas(strings.NewReader(page("1", "7", "x")+"\n"+page("1", "7", "")), o)
	if err != nil || len(r.Rows) != 1 || len(r.Notes) != 0 || r.Rows[0].Get("account") != "*" {
		t.Errorf("two pages: %v %+v", err, r)
	}
	if r, err = ServiceQuotas(strings.NewReader(page("1", "7", "x")), o); err != nil || len(r.Notes) != 1 {
		t.Errorf("a page with more behind it: %v %+v", err, r)
	}
	for text, want := range map[string]string{
		page("1", "7", "") + page("2", "8", ""): "q.json: quotas of 2 accounts (1, 2)",
		"{}":                                    "q.json: no quotas",
		`{"Quotas":[{"QuotaName":3}]}`:          "q.json: byte",
		`{"Quotas":[`:                           "q.json: the file ends in the middle",
	} {
		if _, err := ServiceQuotas(strings.NewReader(text), o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestOverlayImport: names become catalog ids, and departures are told.
func TestOverlayImport(t *testing.T) {
	text := "[[price]]\nmodel = \"anthropic.claude-opus-4-6-v1\"\nscope = \"global\"\noutput = \"20\"\nas_of = 2026-11-21\nsource = \"private offer\"\n" +
		"[[model_unit]]\nmodel = \"claude-opus-4-6\"\nregion = \"any\"\nusd_1_month = \"150\"\nas_of = 2026-11-20\nsource = \"account team\"\n"
	r, err := Overlay(strings.NewReader(text), Options{Name: "mine.toml", Catalog: embedded(t)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"price claude-opus-4-6 global: output 20", "model_unit claude-opus-4-6 any: usd_1_month 150"}, brief(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]Conflict{{"price claude-opus-4-6 global output", "20", "25", "20.0%", "overlay"}}, r.Conflicts); diff != "" || r.AsOf != "2026-11-21" {
		t.Errorf("as of %s\n%s", r.AsOf, diff)
	}
	loads(t, r)
	if _, err := Overlay(strings.NewReader("[[price]]\n"), Options{Name: "bad.toml", Catalog: embedded(t)}); err == nil || !strings.HasPrefix(err.Error(), "bad.toml:1:3: ") {
		t.Errorf("got %v", err)
	}
}

// TestUnknownFormat names the formats.
func TestUnknownFormat(t *testing.T) {
	if _, err := Import("gcp", strings.NewReader(""), Options{}); err == nil || !strings.Contains(err.Error(), "--from overlay ") {
		t.Errorf("got %v", err)
	}
}

// Fuzzing: no bytes make a reader fall, and what it makes of them is an overlay.

func fuzzed(f *testing.F, format string, seeds ...string) {
	c := embedded(f)
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Import(format, strings.NewReader(text), Options{Name: "fuzz", AsOf: "2026-11-20", Catalog: c})
		if err != nil {
			return
		}
		if err := c.Clone().Overlay("imported.toml", r.TOML()); err != nil {
			t.Fatalf("%v\n%s", err, r.TOML())
		}
	})
}

func FuzzAWS(f *testing.F) {
	rows := []listed{claude(sonnet, "InputTokenCount", "3.3"), claude(sonnet, "OutputTokenCount", "16.5"), nova("input-tokens-flex", "0.0008"), claude(sonnet, "Reserved_1Month_InputTPM_Global", "1"), {usage: "Host:ml.g5.x", unit: "Hrs", usd: "1"}}
	fuzzed(f, "aws", bulkJSON(rows), getProducts(rows), bulkCSV(rows))
}

func FuzzLiteLLM(f *testing.F) {
	fuzzed(f, "litellm", `{"zebra.zebra-nine-v1:0":{"litellm_provider":"bedrock","mode":"chat","input_cost_per_token":1e-06,"output_cost_per_token":2e-06}}`,
		`{"bedrock/us-west-2/1-month-commitment/anthropic.claude-instant-v1":{"litellm_provider":"bedrock","input_cost_per_second":0.011}}`)
}

func FuzzServiceQuotas(f *testing.F) { fuzzed(f, "service-quotas", quotaPage) }

func FuzzOverlayImport(f *testing.F) {
	fuzzed(f, "overlay", "[[discount]]\nmodel = \"*\"\nshare = \"10%\"\nas_of = 2026-11-01\nsource = \"me\"\n")
}

package importer

import (
	"strings"
	"testing"
)

// TestImportTellsWhatTheFileIs: a file of another kind is no row-by-row puzzle.
func TestImportTellsWhatTheFileIs(t *testing.T) {
	const (
		list   = `{"formatVersion":"v1.0","products":{}}`
		quotas = `{"Quotas":[]}`
		lite   = "\ufeff\n{\"sample_spec\":{\"litellm_provider\":\"one of\"}}"
		toml   = "# mine\n[[discount]]\n"
	)
	for _, x := range []struct{ format, text, want string }{
		{"litellm", list, "f: is not LiteLLM's price file (a JSON object of models, each with a litellm_provider): it looks like an AWS price list\n  import it with --from aws"},
		{"litellm", `{"a":1,"b":{},"c":[],"d":0}`, `f: is not LiteLLM's price file (a JSON object of models, each with a litellm_provider): it looks like a JSON object with the keys ["a" "b" "c"]`},
		{"litellm", "", "f: is not LiteLLM's price file (a JSON object of models, each with a litellm_provider): it looks like an empty file"},
		{"litellm", strings.Repeat("\n", lookAt+9), "it looks like an empty file"},
		{"aws", toml, "f: is not an AWS price list (bulk JSON, a CSV with a header that begins with SKU, or the answer of GetProducts): it looks like TOML\n  import it with --from overlay"},
		{"aws", "model = \"x\"\n", "it looks like TOML\n  import it with --from overlay"},
		{"aws", quotas, "it looks like a list of quotas\n  import it with --from service-quotas"},
		{"aws", lite, "it looks like LiteLLM's price file\n  import it with --from litellm"},
		{"service-quotas", "[1]", "f: is not the output of 'aws service-quotas list-service-quotas' (a JSON object with \"Quotas\"): it looks like a JSON array"},
		{"service-quotas", "a,b\n1,2\n", "it looks like CSV"},
		{"service-quotas", "\x1f\x8b\b", "it looks like a gzip file, which has to be unpacked first"},
		{"overlay", list, "f: is not an overlay (TOML): it looks like an AWS price list\n  import it with --from aws"},
		{"overlay", "\"FormatVersion\",\"v1.0\"\n\"SKU\",\"x\"\n", "it looks like an AWS price list in CSV\n  import it with --from aws"},
		{"", "", "what is the file? say it with --from\n  --from aws             an AWS price list"},
		{"azure", "", "unknown source \"azure\"\n  --from aws "},
	} {
		_, err := Import(x.format, strings.NewReader(x.text), Options{Name: "f", Catalog: embedded(t)})
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s of %q: %v\nwant %s", x.format, x.text, err, x.want)
		}
	}
}

// TestImportOfNothing says why there is no row.
func TestImportOfNothing(t *testing.T) {
	for _, x := range []struct{ format, text, want string }{
		{"litellm", `{"amazon.nova-pro-v1:0":{"litellm_provider":"bedrock","input_cost_per_token":-1,"output_cost_per_token":"abc"}}`,
			`f: nothing to import: 1 rows read, none for the overlay` + "\n" + `  1 x a value that is no price: amazon.nova-pro-v1:0: input_cost_per_token is "-1", output_cost_per_token is "abc"`},
		{"service-quotas", `{"Quotas":[{"QuotaName":"Agents per account","Value":5}]}`,
			"f: nothing to import: 1 rows read, none for the overlay\n  1 x no limit on requests or tokens of a model: Agents per account"},
		{"overlay", "# nothing\n", "f: nothing to import: 0 rows read, none for the overlay"},
	} {
		_, err := Import(x.format, strings.NewReader(x.text), Options{Name: "f", AsOf: "2026-11-20", Catalog: embedded(t)})
		if err == nil || err.Error() != x.want {
			t.Errorf("%s: %v\nwant %s", x.format, err, x.want)
		}
	}
}

// TestQuotasNameTheirMistakes, all of them, each with its place.
func TestQuotasNameTheirMistakes(t *testing.T) {
	const rpm = `"QuotaName":"On-demand model inference requests per minute for Amazon Nova Pro"`
	text := `{"Quotas":[{` + rpm + `,"Value":100},{` + rpm + `,"Value":-5}]} {"Quotas":[{` + rpm + `,"Value":"abc"},{` + rpm + `},{"QuotaName":"Model invocation max tokens per day for ","Value":-1}]}`
	want := strings.Join([]string{
		`f: Quotas[1] (On-demand model inference requests per minute for Amazon Nova Pro): the Value "-5" is no number from 0 to 9223372036854775807`,
		`f: page 2, Quotas[0] (On-demand model inference requests per minute for Amazon Nova Pro): the Value "abc" is no number from 0 to 9223372036854775807`,
		`f: page 2, Quotas[1] (On-demand model inference requests per minute for Amazon Nova Pro): the Value "" is no number from 0 to 9223372036854775807`,
	}, "\n")
	_, err := Import("service-quotas", strings.NewReader(text), Options{Name: "f", AsOf: "2026-11-20", Catalog: embedded(t)})
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

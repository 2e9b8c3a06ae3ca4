package pricing

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"quotawall/sim/unit"
)

// factsPath is the collection that the catalog was made from, beside a checkout.
const factsPath = "../../shared/facts/prices.toml"

type facts map[string][]map[string]any

func loadFacts(t *testing.T) facts {
	t.Helper()
	text, err := os.ReadFile(factsPath)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here: nothing to compare the catalog with", factsPath)
	}
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if _, err := toml.Decode(string(text), &tree); err != nil {
		t.Fatal(err)
	}
	out := facts{}
	for k, v := range tree {
		if list, ok := v.([]map[string]any); ok {
			out[k] = list
		}
	}
	return out
}

// number is a fact's decimal as a rate prints it.
func number(v any) string {
	switch x := v.(type) {
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return ""
}

func same(t *testing.T, what string, got Rate, want any) {
	t.Helper()
	if n := number(want); n != "" && n != "0" && (!got.Known() || got.String() != n) {
		t.Errorf("%s: %s, want %s", what, got, n)
	}
}

// TestCatalogHoldsTheFacts finds each row of the facts in the catalog, by its
// lookups and not by its files.
func TestCatalogHoldsTheFacts(t *testing.T) {
	f, c := loadFacts(t), embeddedCatalog(t)
	for _, r := range f["token_price"] {
		checkTokenPrice(t, c, r)
	}
	for _, r := range f["reserved_tier"] {
		row, ok := c.Reserved(modelOf(t, c, r), factScope(r))
		if !ok {
			t.Errorf("no reserved price of %v", r["model"])
		}
		for _, k := range []string{"input", "output"} {
			same(t, fmt.Sprint(r["model"], k, " 1 month"), row.Rates[k+" 1-month"], r[k+"_1_month"])
			same(t, fmt.Sprint(r["model"], k, " 3 months"), row.Rates[k+" 3-months"], r[k+"_3_month"])
		}
	}
	for _, r := range f["provisioned_throughput"] {
		row, _ := c.ModelUnit(modelOf(t, c, r), r["region"].(string))
		same(t, fmt.Sprint(r["model"], " no commitment"), row.Rates["no-commit"], r["no_commit"])
		same(t, fmt.Sprint(r["model"], " 1 month"), row.Rates["1-month"], r["commit_1_month"])
		same(t, fmt.Sprint(r["model"], " 6 months"), row.Rates["6-months"], r["commit_6_month"])
	}
	for _, r := range f["tier_price"] {
		row, _ := c.tier(modelOf(t, c, r), r["tier"].(string))
		same(t, fmt.Sprint(r["model"], r["tier"], " input"), row.Input, r["input"])
		same(t, fmt.Sprint(r["model"], r["tier"], " output"), row.Output, r["output"])
	}
	for _, r := range f["sagemaker_instance"] {
		row, _ := c.Instance(r["type"].(string))
		same(t, fmt.Sprint(r["type"]), row.Hourly, r["usd_per_hour"])
	}
	for _, r := range f["service_price"] {
		row, _ := c.Service(r["name"].(string))
		same(t, fmt.Sprint(r["name"]), row.Rate, r["usd"])
	}
	checkCurves(t, c, f)
	if got, want := len(c.throughputs), len(f["serving_throughput"]); got != want {
		t.Errorf("%d serving figures, want %d", got, want)
	}
	for _, s := range f["source"] {
		if _, ok := c.sources[s["id"].(string)]; !ok {
			t.Errorf("source %v is missing", s["id"])
		}
	}
}

func modelOf(t *testing.T, c *Catalog, r map[string]any) string {
	t.Helper()
	id, _, ok := c.ResolveModel(r["model"].(string))
	if !ok {
		t.Errorf("model %v is unknown", r["model"])
	}
	return id
}

func factScope(r map[string]any) string {
	if r["scope"] == "global" {
		return "global"
	}
	return "geo"
}

// factRegion is a Region that a fact's row is for.
func factRegion(r map[string]any) string {
	switch r["region"] {
	case "eu geo":
		return "eu-west-1"
	case "jp geo":
		return "ap-northeast-1"
	}
	return "us-east-1"
}

func checkTokenPrice(t *testing.T, c *Catalog, r map[string]any) {
	t.Helper()
	on := Date("2026-11-23")
	if _, ok := r["effective_until"]; ok {
		on = dayWritten(r["effective_from"].(time.Time))
	}
	model := modelOf(t, c, r)
	long, _ := r["long_prompt"].(map[string]any)
	for _, k := range kinds() {
		for band, values := range map[unit.Band]map[string]any{unit.Base: r, unit.Long: long} {
			want, ok := values[string(k)]
			if !ok {
				continue
			}
			got, _, _ := c.TokenRate(model, factScope(r), factRegion(r), k, band, on)
			same(t, fmt.Sprintf("%v %s %s %s on %s", r["model"], r["scope"], k, band, on), got, want)
		}
	}
	if long == nil {
		return
	}
	if p, _ := c.Price(model, factScope(r), factRegion(r), on); p.LongAbove != long["threshold_input_tokens"].(int64) {
		t.Errorf("%v: long above %d, want %v", r["model"], p.LongAbove, long["threshold_input_tokens"])
	}
}

func checkCurves(t *testing.T, c *Catalog, f facts) {
	t.Helper()
	quant := map[any]string{"none": "", "gptq-4bit": "gptq-4bit"}
	for _, r := range f["serving_curve"] {
		found := false
		for _, x := range c.curves {
			if x.Model != r["model"] || x.Instance != r["instance"] || x.Quantization != quant[r["quantization"]] && x.Quantization != r["quantization"] {
				continue
			}
			found = true
			for i, v := range r["output_tokens_per_second"].([]any) {
				if perUnit(x.Speed[i], 1000) != number(v) {
					t.Errorf("%s: speed %d is %d, want %v", x.Name, i, x.Speed[i], v)
				}
			}
		}
		if !found {
			t.Errorf("no curve of %v on %v", r["model"], r["instance"])
		}
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"quotawall/pricing/tomlpos"
	"quotawall/reports"
	"quotawall/scenarios"
)

func newScenarioShowCmd(a *app) *cobra.Command {
	var doc document
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Print a scenario's text, to start one of your own from",
		Long:    "Print a scenario as it is written. The other formats give its keys and their values: json as a tree, the rest one a line.",
		Args:    takes(1, 1),
		Example: "  quotawall scenario show brain\n  quotawall scenario show brain -o mine.toml\n  quotawall scenario show brain --format json",
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := scenarioText(args[0])
			if err != nil {
				return bad(err)
			}
			if doc.format == "toml" {
				return a.deliverText(doc.out, args, func(w io.Writer) error {
					_, err := io.WriteString(w, text)
					return err
				})
			}
			return a.showKeys(&doc, args, text)
		},
	}
	completeScenario(cmd)
	addDocument(cmd, &doc, append([]string{"toml"}, tableFormats()...)...)
	return cmd
}

func scenarioText(name string) (string, error) {
	if strings.HasSuffix(name, ".toml") {
		return readLimited(name, maxScenario)
	}
	return scenarios.PresetText(name)
}

// scenarioSchema names the JSON contract of a scenario's keys.
const scenarioSchema = "quotawall.scenario/v1"

// showKeys prints the keys of a scenario's text.
func (a *app) showKeys(doc *document, args []string, text string) error {
	tree, _, err := tomlpos.Decode(args[0], text)
	if err != nil {
		return bad(err)
	}
	keys := jsonValue(tree)
	if doc.format == "json" {
		return a.write(doc, args, func(w io.Writer, _ string, _ int, _ bool) error {
			return reports.WriteResultJSON(w, struct {
				Schema string `json:"schema"`
				Name   string `json:"name"`
				Keys   any    `json:"keys"`
			}{scenarioSchema, args[0], keys})
		})
	}
	t := reports.NewTable("keys of "+args[0], reports.Column{Name: "key", Wrap: 24}, reports.Column{Name: "value", Wrap: 24}).SetKey("keys")
	flatten("", keys, func(key, value string) { t.Row(reports.Str(key), reports.Str(value)) })
	return a.tables(doc, args, t)
}

// jsonValue is a decoded value with dates and times as they are written.
func jsonValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = jsonValue(x)
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = jsonValue(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = jsonValue(x)
		}
		return out
	case time.Time:
		layout := map[string]string{"date-local": time.DateOnly, "time-local": "15:04:05.999999999", "datetime-local": "2006-01-02T15:04:05.999999999"}
		if name := v.Location().String(); layout[name] != "" {
			return v.Format(layout[name])
		}
		return v.Format(time.RFC3339Nano)
	}
	return v
}

// flatten visits the values of a tree, a list of plain values as one.
func flatten(key string, v any, visit func(key, value string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			flatten(strings.TrimPrefix(key+"."+k, "."), v[k], visit)
		}
		if len(v) == 0 && key != "" {
			visit(key, "{}")
		}
	case []any:
		if len(v) > 0 {
			if _, tables := v[0].(map[string]any); tables {
				for i, x := range v {
					flatten(fmt.Sprintf("%s[%d]", key, i), x, visit)
				}
				return
			}
		}
		text, _ := json.Marshal(v)
		visit(key, string(text))
	default:
		visit(key, fmt.Sprint(v))
	}
}

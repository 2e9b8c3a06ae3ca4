package study

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
)

// Explain runs a plan and lists where everything that it used comes from.
func Explain(ctx context.Context, plan *scenarios.Plan, opt Options) (*result.Explain, error) {
	rep, err := replicate(ctx, plan, opt, plan.Base.Seed)
	if err != nil {
		return nil, err
	}
	run, err := answer(plan, []*replication{rep})
	if err != nil {
		return nil, err
	}
	x := &result.Explain{
		Schema: result.ExplainSchema, Scenario: run.Scenario.Name, Ruleset: run.Ruleset, CatalogAsOf: run.CatalogAsOf,
		Assumptions: run.Assumptions, Notes: run.Notes,
	}
	if x.Prices, err = usedPrices(plan, rep); err != nil {
		return nil, err
	}
	x.Quotas = usedQuotas(plan, rep)
	x.Models = usedModels(plan, rep.compiled[0])
	for _, a := range plan.Base.Ambiguities() {
		x.Ambiguities = append(x.Ambiguities, result.UsedReading{ID: a.ID, Question: a.Question, Taken: a.Taken, Key: a.Key, Readings: a.Readings})
	}
	for _, g := range plan.Scenario.Given() {
		x.Keys = append(x.Keys, result.UsedSetting{Key: g.Key, Value: g.Value, From: g.From})
	}
	return x, nil
}

// usedPrices lists the prices of all steps' bills, each once.
func usedPrices(plan *scenarios.Plan, rep *replication) ([]result.UsedPrice, error) {
	var out []result.UsedPrice
	for i, r := range rep.steps {
		lines, err := plan.Catalog.Bill(r.Usage, rep.compiled[i].PricedOn)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			p := result.UsedPrice{
				Item: string(l.Item), Lane: string(l.Lane), Scope: l.Scope, Model: l.Model, Kind: string(l.Kind), Band: string(l.Band),
				Price: l.Price, Source: l.Source, AsOf: string(l.AsOf), Confidence: l.Confidence, Note: l.Note,
			}
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

func usedQuotas(plan *scenarios.Plan, rep *replication) []result.UsedQuota {
	c := rep.compiled[0]
	var out []result.UsedQuota
	for _, x := range caps(rep, rep.steps[0], c) {
		out = append(out, result.UsedQuota{Account: x.Account, Region: x.Region, Scope: x.Scope, Model: x.Model, Limit: x.Limit, Value: x.Value, Adjustable: x.Adjustable, Note: x.Note})
	}
	for i := range rep.steps[0].Caps {
		x := &rep.steps[0].Caps[i]
		note := &c.CapNotes[x.Pool]
		out[i].From = origin(note, x.Limit)
		if !note.Applied {
			out[i].Source, out[i].AsOf = plan.Catalog.SourceText(note.Row.Source), string(note.Row.AsOf)
		}
	}
	return out
}

// origin says where a limit's value comes from.
func origin(note *scenarios.CapNote, limit sim.Limit) string {
	short := map[sim.Limit]string{sim.RequestsPerMinute: "rpm", sim.TokensPerMinute: "tpm", sim.TokensPerDay: "tpd"}[limit]
	switch {
	case note.Applied:
		return "applied by the scenario or an overlay"
	case slices.Contains(note.Filled, short):
		return "filled from the published defaults"
	}
	return "ruleset"
}

func usedModels(plan *scenarios.Plan, c *scenarios.Compiled) []result.UsedModel {
	var out []result.UsedModel
	for i := range c.Config.Models {
		m := &c.Config.Models[i]
		x := result.UsedModel{
			Alias: m.Alias, Model: m.ID, Tier: m.Tier, Context: m.Context, MaxOutput: m.MaxOutput, CacheMin: m.CacheMin, Burndown: m.Burndown,
			FirstTokenS: m.FirstToken.Seconds(), PerTokenS: m.PerToken.Seconds(), Source: "the scenario",
		}
		if row, ok := plan.Catalog.Model(m.ID); ok {
			fillModel(&x, plan.Catalog, row)
		}
		out = append(out, x)
	}
	return out
}

func fillModel(x *result.UsedModel, cat *pricing.Catalog, row pricing.Model) {
	x.Source, x.AsOf, x.Confidence = cat.SourceText(row.Source), string(row.AsOf), row.Confidence
	if len(row.Unverified) > 0 {
		x.Unverified = fmt.Sprintf("no public text confirms %s", strings.Join(row.Unverified, ", "))
	}
}

package scenarios

import (
	"fmt"
	"math"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/unit"
)

// provisioned checks that what is bought is for sale.
func (c checker) provisioned() {
	p := &c.s.Provisioned
	if p.Kind == "none" {
		return
	}
	name := p.Model
	if name == "" {
		name = c.s.topAlias(c.cat)
	}
	c.alias("provisioned.model", name)
	id, scope := name, c.s.Scope
	if m, ok := c.s.Models[name]; ok {
		id = m.ID
		if m.Scope != "" {
			scope = m.Scope
		}
	}
	model, ok := c.cat.Model(id)
	if !ok {
		return
	}
	if p.Kind == "model-units" {
		c.modelUnits(model, scope)
		c.countable("provisioned.units", p.Units, 1)
		return
	}
	c.reserved(model, scope)
	c.countable("provisioned.input_tpm", p.InputTPM, 1000)
	c.countable("provisioned.output_tpm", p.OutputTPM, 1000)
}

// countable checks that what is bought, paid by the microsecond in lots, can be
// counted over the horizon; over a year where the traffic decides that.
func (c checker) countable(at string, n, lot int64) {
	horizon := c.s.Horizon
	if horizon == 0 {
		horizon = 366 * unit.Day
	}
	if most := math.MaxInt64 / int64(horizon) * lot; n > most {
		c.m.at(at, "", "%s is %d; over %s at most %d can be billed", at, n, horizon, most)
	}
}

func (c checker) modelUnits(model pricing.Model, scope string) {
	p := &c.s.Provisioned
	if !model.ModelUnits {
		c.m.at("provisioned.kind", c.sold(model, scope), "AWS sells no model units for %s", model.ID)
		return
	}
	price, ok := c.cat.ModelUnit(model.ID, c.s.Region)
	if !ok {
		c.m.at("provisioned.kind", c.unitRow(model), "the catalog has no price for model units of %s in %s, which AWS sells", model.ID, c.s.Region)
		return
	}
	if scope != "on-demand" {
		c.m.at("scope", `set scope = "on-demand"`, "model units do not work with %s inference profiles", scope)
	}
	if _, ok := price.Rates[p.Term]; !ok {
		c.m.at("provisioned.term", "terms with a price: "+strings.Join(sortedKeys(price.Rates), ", ")+"; for another "+c.unitRow(model), "the catalog has no price for model units of %s with term %q", model.ID, p.Term)
	}
	if p.UnitInput == 0 || p.UnitOutput == 0 {
		c.m.at("provisioned", "AWS does not publish them: ask your account team, or measure", "model units need unit_input_tpm and unit_output_tpm, the tokens a minute of one unit")
	}
}

// unitRow is the row to add for a price of model units that is missing.
func (c checker) unitRow(model pricing.Model) string {
	row := strings.TrimSpace(c.cat.MissingModelUnit(model.ID, c.s.Region, c.s.Provisioned.Term))
	return "add this row to an overlay and name it with --catalog FILE:\n    " + strings.ReplaceAll(row, "\n", "\n    ")
}

func (c checker) reserved(model pricing.Model, scope string) {
	p := &c.s.Provisioned
	price, ok := c.cat.Reserved(model.ID, scope)
	if !ok || !model.Reserved {
		c.m.at("provisioned.kind", c.sold(model, scope), "AWS sells no Reserved tier for %s", model.ID)
		return
	}
	if p.Term != "1-month" && p.Term != "3-months" {
		c.m.at("provisioned.term", `terms sold: "1-month", "3-months"`, "the Reserved tier has no term %q", p.Term)
	}
	if p.InputTPM == 0 {
		p.InputTPM = price.MinInputTPM
	}
	if p.OutputTPM == 0 {
		p.OutputTPM = price.MinOutputTPM
	}
	for _, x := range []struct {
		key        string
		value, low int64
	}{{"input_tpm", p.InputTPM, price.MinInputTPM}, {"output_tpm", p.OutputTPM, price.MinOutputTPM}} {
		switch at := "provisioned." + x.key; {
		case x.value < x.low:
			c.m.at(at, "", "%s is %d; the smallest purchase is %d", at, x.value, x.low)
		case x.value%1000 != 0:
			c.m.at(at, "", "%s is %d; it is sold in thousands", at, x.value)
		}
	}
}

// sold says what AWS sells for a model instead.
func (c checker) sold(model pricing.Model, scope string) string {
	var kinds []string
	if _, ok := c.cat.Reserved(model.ID, scope); ok && model.Reserved {
		kinds = append(kinds, `the Reserved tier (kind = "reserved")`)
	}
	if model.ModelUnits {
		kinds = append(kinds, `model units (kind = "model-units")`)
	}
	if model.Batch {
		kinds = append(kinds, "the batch API at half price (queue.batch.classes)")
	}
	if len(kinds) == 0 {
		return fmt.Sprintf("for %s only on-demand capacity is sold", model.ID)
	}
	return fmt.Sprintf("for %s AWS sells %s", model.ID, strings.Join(kinds, " and "))
}

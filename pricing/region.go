package pricing

import "slices"

// Regions are AWS Regions that calls may come from.
type Regions struct {
	IDs []string
	Provenance
}

func (d *decoder) regions(t *table) {
	r := Regions{IDs: t.texts("ids")}
	if len(r.IDs) == 0 {
		t.m.Add(t.at("ids"), `as in ids = ["us-east-1"]`, "ids is missing")
	}
	r.Provenance = t.provenance(d)
	d.into.regions = append(d.into.regions, r)
}

// Row is the list of Regions as text.
func (r Regions) Row() Row {
	key := ""
	if len(r.IDs) > 0 {
		key = r.IDs[0]
	}
	return newRow("region", r.Provenance, key).list("ids", r.IDs).Row
}

// RegionIDs lists the Regions that the catalog knows, in order.
func (c *Catalog) RegionIDs() []string {
	var out []string
	for _, r := range c.regions {
		out = append(out, r.IDs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package result

// DiffSchema names the JSON contract of Diff.
const DiffSchema = "quotawall.diff/v1"

// Diff is what changed between two runs.
type Diff struct {
	Schema string `json:"schema"`
	Old    string `json:"old"`
	New    string `json:"new"`
	// CatalogMoved: the two were priced from catalogs of other dates, so that a
	// change of cost need not be one of traffic.
	CatalogMoved bool       `json:"catalog_moved"`
	Equal        bool       `json:"equal"`
	Inputs       []Changed  `json:"inputs"`
	Prices       []Changed  `json:"prices"`
	Steps        []StepDiff `json:"steps"`
	Added        []string   `json:"added"`   // steps only the new run has
	Removed      []string   `json:"removed"` // steps only the old run has
}

// Changed is a text that is not the same.
type Changed struct {
	What string `json:"what"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// StepDiff is what changed in a step that both runs have.
type StepDiff struct {
	Step    string         `json:"step"`
	Set     []Changed      `json:"set"`
	Figures []FigureChange `json:"figures"` // only those that changed
	Caps    []Changed      `json:"caps"`    // limits whose first refusal or exhaustion moved
}

// FigureChange is a headline figure in both runs; Percent is null where the
// old one is 0 or undefined.
type FigureChange struct {
	Figure  string   `json:"figure"`
	Old     *float64 `json:"old"`
	New     *float64 `json:"new"`
	Change  *float64 `json:"change"`
	Percent *float64 `json:"percent"`
}

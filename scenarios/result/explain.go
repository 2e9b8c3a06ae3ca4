package result

// ExplainSchema names the JSON contract of Explain.
const ExplainSchema = "quotawall.explain/v1"

// Explain is where everything that a run used comes from.
type Explain struct {
	Schema      string        `json:"schema"`
	Scenario    string        `json:"scenario"`
	Ruleset     string        `json:"ruleset"`
	CatalogAsOf string        `json:"catalog_as_of"`
	Prices      []UsedPrice   `json:"prices"`
	Quotas      []UsedQuota   `json:"quotas"`
	Models      []UsedModel   `json:"models"`
	Ambiguities []UsedReading `json:"ambiguities"`
	Keys        []UsedSetting `json:"keys"`
	Assumptions []string      `json:"assumptions"`
	Notes       []string      `json:"notes"`
}

// UsedPrice is a price that a bill line of some step has.
type UsedPrice struct {
	Item       string `json:"item"`
	Lane       string `json:"lane"`
	Scope      string `json:"scope"`
	Model      string `json:"model"`
	Kind       string `json:"kind"`
	Band       string `json:"band"`
	Price      string `json:"price"` // as it is published
	Source     string `json:"source"`
	AsOf       string `json:"as_of"`
	Confidence string `json:"confidence"`
	Note       string `json:"note,omitempty"`
}

// UsedQuota is a limit of a pool of the first step.
type UsedQuota struct {
	Account    string `json:"account"`
	Region     string `json:"region"`
	Scope      string `json:"scope"`
	Model      string `json:"model"`
	Limit      string `json:"limit"`
	Value      int64  `json:"value"`
	Adjustable bool   `json:"adjustable"`
	From       string `json:"from"` // ruleset | filled from published defaults | applied by the scenario or an overlay
	Source     string `json:"source"`
	AsOf       string `json:"as_of"`
	Note       string `json:"note,omitempty"`
}

// UsedModel is an alias and what the simulation takes of its model.
type UsedModel struct {
	Alias       string  `json:"alias"`
	Model       string  `json:"model"`
	Tier        int     `json:"tier"`
	Context     int64   `json:"context"`
	MaxOutput   int64   `json:"max_output"`
	CacheMin    int64   `json:"cache_min"`
	Burndown    int64   `json:"burndown"`
	FirstTokenS float64 `json:"first_token_s"` // an assumption
	PerTokenS   float64 `json:"per_token_s"`   // an assumption
	Unverified  string  `json:"unverified,omitempty"`
	Source      string  `json:"source"`
	AsOf        string  `json:"as_of"`
	Confidence  string  `json:"confidence"`
}

// UsedReading is an open question and the reading taken.
type UsedReading struct {
	ID       string   `json:"id"`
	Question string   `json:"question"`
	Taken    string   `json:"taken"`
	Key      string   `json:"key,omitempty"`
	Readings []string `json:"readings,omitempty"`
}

// UsedSetting is a key that the scenario or the command line gives.
type UsedSetting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	From  string `json:"from"`
}

package result

// SweepSchema names the JSON contract of Sweep.
const SweepSchema = "quotawall.sweep/v1"

// Sweep is the answer of `quotawall sweep`: every step of a progression at
// every point of a design.
type Sweep struct {
	Schema      string     `json:"schema"`
	Scenario    string     `json:"scenario"`
	CatalogAsOf string     `json:"catalog_as_of"`
	Seed        uint64     `json:"seed"`
	Design      string     `json:"design"` // grid, random:N or lhs:N
	Keys        []string   `json:"keys"`   // what is varied
	Points      int        `json:"points"`
	Rows        []SweepRow `json:"rows"`
	Notes       []string   `json:"notes"`
}

// SweepRow is one step at one point.
type SweepRow struct {
	Point  int                `json:"point"` // from 1
	Values []string           `json:"values"`
	Step   int                `json:"step"` // from 0
	Name   string             `json:"name"`
	Binds  string             `json:"binds"` // the limit that refused most; empty where none did
	Figure map[string]float64 `json:"figure"`
}

package result

// WhySchema names the JSON contract of Why.
const WhySchema = "quotawall.why/v1"

// Why explains one step of a run.
type Why struct {
	Schema   string   `json:"schema"`
	Scenario string   `json:"scenario"`
	Step     Step     `json:"step"`
	Binds    *Cap     `json:"binds"`   // the limit that refused most, or that the queue waited for; null where there is none
	Refused  []Cap    `json:"refused"` // every limit that refused, by its first refusal
	Hours    []Hour   `json:"hours"`   // the hours that left most unserved, or refused most
	Moved    []Moved  `json:"moved"`   // calls by how they were served, against the step before
	Changes  []Change `json:"changes"` // single changes tried on top of the step
	Best     *int     `json:"best"`    // of Changes: the cheapest that removes what binds
	// Held: the queue waited for what binds, and more messages missed their
	// deadline than a limit refused; null where that is not so.
	Held  *QueueHold `json:"held"`
	Notes []string   `json:"notes"` // what became of the run's input
}

// Moved is how many calls a way of serving had before and in the step.
type Moved struct {
	Lane   string `json:"lane"`
	Model  string `json:"model"`
	Before Count  `json:"before"`
	Now    Count  `json:"now"`
}

// Change is a single change on top of a step, simulated.
type Change struct {
	Name string   `json:"name"`
	Set  Settings `json:"set"`
	Free bool     `json:"free"` // needs asking or setting only
	// Removes: what binds in the step refuses no call and holds none up to its
	// deadline, and no less is served than in the step.
	Removes          bool     `json:"removes"`
	Refused          Count    `json:"refused"` // by the limit that bound
	Missed           Count    `json:"missed_deadlines"`
	ServedShare      *float64 `json:"served_share"`
	ServedTokenShare *float64 `json:"served_token_share"`
	Degraded         Count    `json:"degraded"`
	MonthUSD         float64  `json:"month_usd"`
}

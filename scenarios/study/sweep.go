package study

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"quotawall/pricing/tomlpos"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// Store keeps finished points of a sweep between runs of the program.
type Store interface {
	// Load returns what was saved under a key, nil where nothing was.
	Load(key string) ([]byte, error)
	// Save keeps a text whole or not at all.
	Save(key string, text []byte) error
}

// SweepOptions of a sweep beside those of its runs.
type SweepOptions struct {
	Axes   []Axis
	Design string // grid, random:N or lhs:N
	Pick   scenarios.Pick
	// Store, where given, keeps finished points; Inputs identifies what they
	// depend on besides the scenario: program, catalog and trace.
	Store  Store
	Inputs string
	// Done is told of each finished point, by several goroutines at once; may be nil.
	Done func(points int64)
}

// Sweep runs a plan's steps at every point of a design, with the same seed
// everywhere: points that see the same traffic see the same arrivals.
func Sweep(ctx context.Context, plan *scenarios.Plan, opt Options, so SweepOptions) (*result.Sweep, error) {
	points, err := design(so.Axes, so.Design, plan.Base.Seed)
	if err != nil {
		return nil, err
	}
	s := &sweep{plan: plan, opt: opt.shared().alone(), so: so, points: points}
	if err := s.check(); err != nil {
		return nil, err
	}
	done := make([]point, len(points))
	err = each(ctx, opt.Workers, len(points), func(ctx context.Context, i int) (err error) {
		done[i], err = s.point(ctx, i)
		if err == nil && so.Done != nil {
			so.Done(1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &result.Sweep{
		Schema: result.SweepSchema, Scenario: scenarioName(plan), CatalogAsOf: string(plan.Catalog.AsOf()), Seed: plan.Base.Seed,
		Design: so.Design, Points: len(points),
	}
	for i := range done {
		out.Rows, out.Notes = append(out.Rows, done[i].Rows...), gather(out.Notes, done[i].Notes)
	}
	out.Notes = append(out.Notes, s.notes()...)
	for _, a := range so.Axes {
		out.Keys = append(out.Keys, a.Key)
	}
	return out, nil
}

func scenarioName(plan *scenarios.Plan) string {
	if plan.Base.Title != "" {
		return plan.Base.Title
	}
	return plan.Scenario.Name
}

type sweep struct {
	plan   *scenarios.Plan
	opt    Options
	so     SweepOptions
	points [][]string
}

// check plans a point for every value of every axis, so that a mistake shows
// before anything runs: each once, with the first point that has it.
func (s *sweep) check() error {
	var mistakes []string
	seen, known := map[[2]string]bool{}, map[string]bool{}
	for i, values := range s.points {
		fresh := false
		for j, v := range values {
			at := [2]string{s.so.Axes[j].Key, v}
			fresh = fresh || !seen[at]
			seen[at] = true
		}
		if !fresh {
			continue
		}
		if _, _, err := s.planAt(i); err != nil && !known[err.Error()] {
			known[err.Error()] = true
			mistakes = append(mistakes, fmt.Sprintf("point %d: %v", i+1, err))
		}
	}
	return tomlpos.List(mistakes)
}

// point is what a sweep keeps of one point.
type point struct {
	Rows  []result.SweepRow
	Notes []string // on its input
}

// point answers one point, from the store where it is there.
func (s *sweep) point(ctx context.Context, i int) (x point, err error) {
	p, key, err := s.planAt(i)
	if err != nil {
		return x, fmt.Errorf("point %d: %w", i+1, err)
	}
	if s.so.Store != nil {
		if text, err := s.so.Store.Load(key); err != nil || text != nil {
			if err := errors.Join(err, json.Unmarshal(text, &x)); err != nil {
				return x, fmt.Errorf("point %d, kept as %s: %w", i+1, key, err)
			}
			return s.numbered(x, i), nil
		}
	}
	run, err := Run(ctx, p, s.opt)
	if err != nil {
		return x, fmt.Errorf("point %d: %w", i+1, err)
	}
	x = s.numbered(point{sweepRows(run), run.InputNotes}, i)
	if s.so.Store != nil {
		text, err := json.Marshal(x)
		if err := errors.Join(err, s.so.Store.Save(key, text)); err != nil {
			return x, err
		}
	}
	return x, nil
}

// planAt lays a point's values over the scenario. The key names all that the
// point's rows depend on.
func (s *sweep) planAt(i int) (*scenarios.Plan, string, error) {
	x := s.plan.Scenario.Clone()
	for _, a := range assignments(s.so.Axes, s.points[i]) {
		if err := x.Set(a); err != nil {
			return nil, "", err
		}
	}
	p, err := scenarios.NewPlan(x, s.plan.Catalog, s.so.Pick)
	if err != nil || s.so.Store == nil {
		return p, "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", result.SweepSchema, s.so.Inputs)
	for _, laid := range append([]*scenarios.Step{{Scenario: x}}, p.Steps...) {
		text, err := laid.Scenario.Text()
		if err != nil {
			return nil, "", err
		}
		fmt.Fprintf(h, "%q %q\n", laid.Name, text)
	}
	return p, hex.EncodeToString(h.Sum(nil)), nil
}

// numbered puts the point's number and values on its rows.
func (s *sweep) numbered(x point, i int) point {
	for j := range x.Rows {
		x.Rows[j].Point, x.Rows[j].Values = i+1, s.points[i]
	}
	return x
}

func sweepRows(run *result.Run) []result.SweepRow {
	var out []result.SweepRow
	for i := range run.Steps {
		x := &run.Steps[i]
		row := result.SweepRow{Step: x.Index, Name: x.Name, Binds: bindingText(x), Figure: map[string]float64{}}
		for _, f := range x.Figures() {
			if f.Value != nil {
				row.Figure[f.Name] = *f.Value
			}
		}
		out = append(out, row)
	}
	return out
}

// bindingText names the limit of a step that refused most.
func bindingText(s *result.Step) string {
	i := binding(s.Caps)
	if i < 0 || s.Caps[i].Refused == 0 {
		return ""
	}
	c := &s.Caps[i]
	return fmt.Sprintf("%s of %s, account %s", c.Limit, c.Model, c.Account)
}

// notes name the steps that set a varied key themselves.
func (s *sweep) notes() []string {
	out := []string{"every point has the same seed: points with the same traffic see the same arrivals"}
	for _, a := range s.so.Axes {
		for _, x := range s.plan.Steps {
			if slices.ContainsFunc(x.Set, func(set scenarios.Assignment) bool { return set.Key == a.Key }) {
				out = append(out, fmt.Sprintf("step %q sets %s itself: it and the steps after it do not vary with it", x.Name, a.Key))
			}
		}
	}
	return out
}

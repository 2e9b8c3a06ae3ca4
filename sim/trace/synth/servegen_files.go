package synth

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"quotawall/sim/unit"
)

// readWindows reads chunk-N-trace.csv: start (s), rate (1/s), CV, family,
// shape, scale; no header. Rate and shape decide; the scale of the fit says
// the mean gap within the window's active part only, and CV follows from the
// shape.
func readWindows(r io.Reader) ([]window, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = 6
	rows.ReuseRecord = true
	var list []window
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		w, err := readWindow(fields)
		if err != nil {
			line, column := rows.FieldPos(0)
			return nil, fmt.Errorf("%d:%d: %w", line, column, err)
		}
		if n := len(list); n > 0 {
			if w.start <= list[n-1].start {
				line, _ := rows.FieldPos(0)
				return nil, fmt.Errorf("%d:1: window at %v does not come after the one at %v", line, w.start, list[n-1].start)
			}
			list[n-1].end = w.start
		}
		list = append(list, w)
	}
	if n := len(list); n == 1 {
		list[0].end = list[0].start + 10*unit.Minute
	} else if n > 1 {
		list[n-1].end = 2*list[n-1].start - list[n-2].start
	}
	return list, nil
}

// leastShape bounds a family's shape from below: smaller ones put all calls of
// a window in one microsecond. The public clients' least are 0.012 and 0.256.
func leastShape(family Process) float64 {
	switch family {
	case Gamma:
		return 0.001
	case Weibull:
		return 0.1
	}
	return 0
}

func readWindow(fields []string) (window, error) {
	var v [6]float64
	for i, f := range fields {
		if i == 3 {
			continue
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(f), 64)
		if err != nil || math.IsNaN(x) || x < 0 || x > maxValue {
			return window{}, fmt.Errorf("%q in column %d is no number of at least 0", f, i+1)
		}
		v[i] = x
	}
	w := window{start: unit.Time(math.Round(v[0] * float64(unit.Second))), rate: v[1], cv: v[2], shape: v[4]}
	if v[0] > MaxHorizon.Seconds() || w.rate > MaxRate {
		return window{}, fmt.Errorf("start %g s or rate %g/s is out of range", v[0], v[1])
	}
	switch family := strings.TrimSpace(fields[3]); family {
	case "":
		w.family = Poisson
	case "Gamma":
		w.family = Gamma
	case "Weibull":
		w.family = Weibull
	default:
		return window{}, fmt.Errorf("unknown family %q of gaps (known: Gamma, Weibull, or none)", family)
	}
	if least := leastShape(w.family); w.rate > 0 && least > 0 && (w.shape < least || w.shape > 1e6) {
		return window{}, fmt.Errorf("shape %g of %s gaps is not between %g and 1000000", w.shape, fields[3], least)
	}
	return w, nil
}

// readSizes reads chunk-N-dataset.json: a window's start in seconds to
// histograms, each a text that holds a Python dictionary.
func readSizes(r io.Reader) ([]sizes, error) {
	var raw map[string]struct {
		Input  string `json:"input_tokens"`
		Output string `json:"output_tokens"`
	}
	if err := json.NewDecoder(r).Decode(&raw); err != nil {
		return nil, fmt.Errorf("no dataset of token histograms: %w", err)
	}
	var list []sizes
	for _, start := range slices.Sorted(maps.Keys(raw)) {
		h := raw[start]
		from, err := strconv.ParseFloat(start, 64)
		if err != nil || !(from >= 0 && from <= MaxHorizon.Seconds()) {
			return nil, fmt.Errorf("window start %q is no number of seconds", start)
		}
		input, err := histogram(h.Input)
		if err != nil {
			return nil, fmt.Errorf("window %q, input_tokens: %w", start, err)
		}
		output, err := histogram(h.Output)
		if err != nil {
			return nil, fmt.Errorf("window %q, output_tokens: %w", start, err)
		}
		s := sizes{from: unit.Time(math.Round(from * float64(unit.Second))), empty: len(input.X) == 0 || len(output.X) == 0}
		if !s.empty {
			s.input, s.output = input.sampler(), output.sampler()
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b sizes) int { return int(min(max(a.from-b.from, -1), 1)) })
	return list, nil
}

// histogram reads "{45: 0.0097, 46: 0.0117}": token counts and their shares,
// in any order; entries of share 0 are left out.
func histogram(text string) (Dist, error) {
	d := Dist{Kind: Table}
	body, ok := strings.CutPrefix(strings.TrimSpace(text), "{")
	body, closed := strings.CutSuffix(body, "}")
	if text != "" && (!ok || !closed) {
		return d, errors.New("no dictionary in braces")
	}
	for entry := range strings.SplitSeq(body, ",") {
		if strings.TrimSpace(entry) == "" {
			continue
		}
		key, value, _ := strings.Cut(entry, ":")
		tokens, err1 := strconv.ParseFloat(strings.TrimSpace(key), 64)
		share, err2 := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err1 != nil || err2 != nil || !(tokens >= 0 && tokens <= 1e9) || !(share >= 0 && share <= maxValue) {
			return d, fmt.Errorf("%.60q is no pair of a token count and its share", strings.TrimSpace(entry))
		}
		if share > 0 {
			d.X, d.P = append(d.X, tokens), append(d.P, share)
		}
	}
	return d, nil
}

package synth

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"quotawall/sim/unit"
)

// Clients are ServeGen's model of a service's traffic (Alibaba, arXiv
// 2505.09999; github.com/alibaba/ServeGen, data/): per client and window of
// time a rate, the family and shape of the gaps between its calls, and
// histograms of prompt and answer lengths. The number of clients, the windows
// and the keys are as the folder says.
type Clients struct {
	clients []client
	span    unit.Time
	Notes   []string // what reading had to assume
}

type client struct {
	name    string
	windows []window
	sizes   []sizes
}

// window is one row of chunk-N-trace.csv.
type window struct {
	start, end unit.Time
	rate       float64 // calls per second
	family     Process
	shape      float64
	sizes      int // index into the client's sizes
}

// sizes are the token histograms from one time on.
type sizes struct {
	from          unit.Time
	input, output sampler
	empty         bool
}

// Bounds on what is read.
const (
	maxClientFile = 256 << 20 // bytes of one file
	maxClients    = 100_000
)

// ReadServeGen reads the clients of a folder: all pairs chunk-N-trace.csv and
// chunk-N-dataset.json in it and below it.
func ReadServeGen(fsys fs.FS, dir string) (*Clients, error) {
	b := clientFiles{}
	err := fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !chunkFile(name) {
			return err
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return b.read(name, f)
	})
	if err != nil {
		return nil, err
	}
	return b.clients()
}

// ReadServeGenTar reads the clients of a tar archive, plain or gzip.
func ReadServeGenTar(r io.Reader) (*Clients, error) {
	buffered := bufio.NewReader(r)
	if magic, _ := buffered.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("reading the archive: %w", err)
		}
		defer z.Close()
		buffered = bufio.NewReader(z)
	}
	b := clientFiles{}
	for t := tar.NewReader(buffered); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return b.clients()
		}
		if err != nil {
			return nil, fmt.Errorf("reading the archive: %w", err)
		}
		if h.Typeflag == tar.TypeReg && chunkFile(h.Name) {
			if err := b.read(h.Name, t); err != nil {
				return nil, err
			}
		}
	}
}

// chunkFile reports whether a file is one of a client's two.
func chunkFile(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "chunk-") && (strings.HasSuffix(base, "-trace.csv") || strings.HasSuffix(base, "-dataset.json"))
}

// clientFiles are the clients read so far, by path without the file's ending.
type clientFiles map[string]*client

func (b clientFiles) read(name string, r io.Reader) error {
	name = path.Clean(name)
	key, isTrace := strings.CutSuffix(name, "-trace.csv")
	if !isTrace {
		key = strings.TrimSuffix(name, "-dataset.json")
	}
	c := b[key]
	if c == nil {
		if len(b) == maxClients {
			return fmt.Errorf("%s: more than %d clients", name, maxClients)
		}
		c = &client{name: "client-" + strings.TrimPrefix(path.Base(key), "chunk-")}
		b[key] = c
	}
	limited := &io.LimitedReader{R: r, N: maxClientFile + 1}
	var err error
	if isTrace {
		c.windows, err = readWindows(limited)
	} else {
		c.sizes, err = readSizes(limited)
	}
	if limited.N == 0 {
		err = fmt.Errorf("longer than %d bytes", maxClientFile)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// clients ties windows to histograms, in the order of the clients' numbers.
func (b clientFiles) clients() (*Clients, error) {
	keys := make([]string, 0, len(b))
	for k := range b {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if c := len(a) - len(b); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	all := &Clients{}
	borrowed := 0
	for _, k := range keys {
		c := b[k]
		n, err := c.tie()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		borrowed += n
		if n := len(c.windows); n > 0 {
			all.span = max(all.span, c.windows[n-1].end)
			all.clients = append(all.clients, *c)
		}
	}
	if all.span == 0 {
		return nil, errors.New("no client with traffic: want files chunk-N-trace.csv and chunk-N-dataset.json")
	}
	if borrowed > 0 {
		all.Notes = append(all.Notes, fmt.Sprintf("%d windows with traffic have no token histogram; the client's nearest one is used", borrowed))
	}
	return all, nil
}

// tie gives every window with traffic a histogram: the latest that begins at
// or before it, or, where that is empty, the nearest that is not. It returns
// how many windows had to borrow.
func (c *client) tie() (borrowed int, err error) {
	for i := range c.windows {
		w := &c.windows[i]
		if w.rate == 0 {
			continue
		}
		at := 0
		for at+1 < len(c.sizes) && c.sizes[at+1].from <= w.start {
			at++
		}
		near := -1
		for j := range c.sizes {
			if !c.sizes[j].empty && (near < 0 || abs(j-at) < abs(near-at)) {
				near = j
			}
		}
		if near < 0 {
			return 0, errors.New("has traffic in its trace and no token counts in its dataset")
		}
		if near != at {
			borrowed++
		}
		w.sizes = near
	}
	return borrowed, nil
}

func abs(n int) int { return max(n, -n) }

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
	w := window{start: unit.Time(math.Round(v[0] * float64(unit.Second))), rate: v[1], shape: v[4]}
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
	if w.family != Poisson && w.rate > 0 && (w.shape < 1e-4 || w.shape > 1e6) {
		return window{}, fmt.Errorf("shape %g is not between 0.0001 and 1000000", w.shape)
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
	for start, h := range raw {
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

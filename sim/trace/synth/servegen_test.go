package synth

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// public opens a file of the public traces, which are not part of the
// repository.
func public(t testing.TB, name string) *os.File {
	t.Helper()
	dir := os.Getenv("QUOTAWALL_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "traces")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("public trace %s is not here (set QUOTAWALL_TRACES): %v", name, err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.6g, want %.6g within %.3g", what, got, want, tolerance)
	}
}

// weighed is the histogram over all clients and windows of one of the lengths,
// by the calls expected of each.
func weighed(c *Clients, pick func(*sizes) *sampler) map[float64]float64 {
	all := map[float64]float64{}
	for i := range c.clients {
		cl := &c.clients[i]
		for _, w := range cl.windows {
			if w.rate == 0 {
				continue
			}
			s := pick(&cl.sizes[w.sizes])
			total := 0.0
			for _, p := range s.p {
				total += p
			}
			for k, x := range s.x {
				all[x] += s.p[k] / total * w.rate * (w.end - w.start).Seconds()
			}
		}
	}
	return all
}

// histFigures are mean, p50, p90 and p99 of a histogram.
func histFigures(all map[float64]float64) figures {
	var xs []float64
	total, sum := 0.0, 0.0
	for x, w := range all {
		xs = append(xs, x)
		total += w
		sum += x * w
	}
	slices.Sort(xs)
	f := figures{sum / total}
	for i, p := range []float64{0.5, 0.9, 0.99} {
		below := 0.0
		for _, x := range xs {
			if below += all[x]; below >= p*total {
				f[i+1] = x
				break
			}
		}
	}
	return f
}

// The public clients against the figures published for them: what the files
// say, and what comes out of the generator.
func TestServeGenPublished(t *testing.T) {
	c, err := ReadServeGenTar(public(t, "servegen_reason_deepseek-r1.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	perWindow := make([]float64, 144)
	perClient := make([]float64, len(c.clients))
	calls, squares := 0.0, 0.0
	for i := range c.clients {
		for _, w := range c.clients[i].windows {
			n := w.rate * (w.end - w.start).Seconds()
			perWindow[w.start/(10*unit.Minute)] += w.rate
			perClient[i] += n
			calls += n
			squares += n * w.cv
		}
	}
	near(t, "clients", float64(len(c.clients)), 73, 0)
	near(t, "mean rate", calls/c.span.Seconds(), 16.0147, 0.0001)
	near(t, "busiest ten minutes", slices.Max(perWindow), 42.52, 0.005)
	near(t, "calls of the day", calls, 1_383_669, 1)
	near(t, "cv by rate", squares/calls, 2.28, 0.005)
	slices.Sort(perClient)
	slices.Reverse(perClient)
	most := 0
	for sum := 0.0; sum < 0.9*calls; most++ {
		sum += perClient[most]
	}
	near(t, "clients that make 90 %", float64(most), 25, 0)

	in := histFigures(weighed(c, func(s *sizes) *sampler { return &s.input }))
	out := histFigures(weighed(c, func(s *sizes) *sampler { return &s.output }))
	for i, label := range []string{"mean", "p50", "p90", "p99"} {
		near(t, "input "+label, in[i], figures{1268, 208, 2092, 23423}[i], 0.5)
		near(t, "output "+label, out[i], figures{1527, 792, 3432, 12607}[i], 0.5)
	}
	rows := readAll(t, c.Reader(1))
	near(t, "calls made", float64(len(rows)), calls, 0.01*calls)
	for i, got := range figuresOf(inputs(rows)) {
		near(t, "input made", got, in[i], 0.03*in[i])
	}
	for i, got := range figuresOf(outputs(rows)) {
		near(t, "output made", got, out[i], 0.03*out[i])
	}
}

// folderOf is a made-up folder of two clients: one steady and bursty in turn,
// one silent in the middle and without sizes for its last window.
func folderOf() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"x/chunk-0-trace.csv":    file("0,2,1,,0,0\n600,5,2,Gamma,0.25,1\n1200,1,0.5,Weibull,2.1,1\n"),
		"x/chunk-0-dataset.json": file(`{"0": {"input_tokens": "{10: 0.5, 20: 0.5}", "output_tokens": "{7: 1}", "reason_ratio": "{}"}, "600": {"input_tokens": "{100: 3, 200: 1, 300: 0}", "output_tokens": "{1: 1}"}}`),
		"x/chunk-1-trace.csv":    file("0,1,1,,0,0\n600,0,0,,0,0\n1200,1,1,,0,0"),
		"x/chunk-1-dataset.json": file(`{"0": {"input_tokens": "{5: 1}", "output_tokens": "{0: 1}"}, "1200": {"input_tokens": "{}", "output_tokens": "{}"}}`),
		"x/README.md":            file("no client"),
		"x/LICENSE":              file("no client"),
	}
}

func TestServeGenFolder(t *testing.T) {
	c, err := ReadServeGen(folderOf(), ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Notes) != 1 || !strings.HasPrefix(c.Notes[0], "1 windows with traffic have no token histogram") {
		t.Errorf("notes %q", c.Notes)
	}
	var counts, sums [3][3]float64 // by client and window
	for seed := range uint64(200) {
		r := c.Reader(seed)
		for _, q := range readAll(t, r) {
			who := 0
			if r.Info().Names.Users.Text(q.User) == "client-1" {
				who = 1
			}
			counts[who][q.At/(10*unit.Minute)]++
			sums[who][q.At/(10*unit.Minute)] += float64(q.Input)
		}
	}
	// Five standard errors of a count of n calls with CV c are 5 c sqrt(n).
	for _, w := range []struct {
		client, window int
		calls, cv, in  float64
	}{{0, 0, 1200, 1, 15}, {0, 1, 3000, 2, 125}, {0, 2, 600, 0.5, 125}, {1, 0, 600, 1, 5}, {1, 1, 0, 1, 0}, {1, 2, 600, 1, 5}} {
		n := w.calls * 200
		near(t, "calls", counts[w.client][w.window], n, 5*w.cv*math.Sqrt(n))
		if n > 0 {
			near(t, "mean input", sums[w.client][w.window]/counts[w.client][w.window], w.in, 0.01*w.in)
		}
	}
}

// archive packs a folder as ServeGen's tar, plain or gzip.
func archive(t testing.TB, files fstest.MapFS, packed bool) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.Writer = &out
	var z *gzip.Writer
	if packed {
		z = gzip.NewWriter(&out)
		w = z
	}
	a := tar.NewWriter(w)
	if err := a.AddFS(files); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if z != nil {
		z.Close()
	}
	return out.Bytes()
}

func TestServeGenTarIsTheFolder(t *testing.T) {
	fromFolder, err := ReadServeGen(folderOf(), "x")
	if err != nil {
		t.Fatal(err)
	}
	want := readAll(t, fromFolder.Reader(3))
	for _, packed := range []bool{false, true} {
		c, err := ReadServeGenTar(bytes.NewReader(archive(t, folderOf(), packed)))
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, c.Reader(3))
		same := len(got) == len(want)
		for i := range want {
			same = same && got[i].At == want[i].At && got[i].Input == want[i].Input && got[i].User == want[i].User
		}
		if !same {
			t.Errorf("packed %v: the archive's rows differ from the folder's", packed)
		}
	}
}

func TestServeGenComplains(t *testing.T) {
	const sizes = `{"0": {"input_tokens": "{5: 1}", "output_tokens": "{5: 1}"}}`
	for _, c := range []struct{ trace, dataset, want string }{
		{"0,1,1,,0\n", sizes, "chunk-0-trace.csv: record on line 1: wrong number of fields"},
		{"0,1,1,,0,0\nx,1,1,,0,0\n", sizes, `chunk-0-trace.csv: 2:1: "x" in column 1 is no number`},
		{"0,1,1,Pareto,1,1\n", sizes, `unknown family "Pareto"`},
		{"0,1,1,Weibull,0.01,1\n", sizes, "shape 0.01 of Weibull gaps"},
		{"0,1,1,Gamma,0,1\n", sizes, "shape 0 of Gamma gaps"},
		{"600,1,1,,0,0\n0,1,1,,0,0\n", sizes, "2:1: window at 0s does not come after the one at 10m"},
		{"0,1e9,1,,0,0\n", sizes, "out of range"},
		{"0,NaN,1,,0,0\n", sizes, "is no number"},
		{"0,1,1,,0,0\n", `{`, "no dataset of token histograms"},
		{"0,1,1,,0,0\n", `{"a": {}}`, `window start "a" is no number`},
		{"0,1,1,,0,0\n", `{"0": {"input_tokens": "5: 1"}}`, "input_tokens: no dictionary in braces"},
		{"0,1,1,,0,0\n", `{"0": {"output_tokens": "{5; 1}"}}`, `output_tokens: "5; 1" is no pair`},
		{"0,1,1,,0,0\n", `{"0": {"input_tokens": "{}", "output_tokens": "{}"}}`, "has traffic in its trace and no token counts"},
		{"0,0,0,,0,0\n", ``, "no dataset"},
	} {
		_, err := ReadServeGen(fstest.MapFS{
			"chunk-0-trace.csv": {Data: []byte(c.trace)}, "chunk-0-dataset.json": {Data: []byte(c.dataset)},
		}, ".")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %q: %v, want %q", c.trace, c.dataset, err, c.want)
		}
	}
	for _, none := range [][]byte{nil, []byte("no archive"), archive(t, fstest.MapFS{"a": {}}, false), {0x1f, 0x8b, 0}} {
		if _, err := ReadServeGenTar(bytes.NewReader(none)); err == nil {
			t.Errorf("%.20q is taken", none)
		}
	}
}

// A client's files are read without panic, and what is taken can be drawn from.
func FuzzServeGen(f *testing.F) {
	files := folderOf()
	f.Add(files["x/chunk-0-trace.csv"].Data, files["x/chunk-0-dataset.json"].Data)
	f.Add(files["x/chunk-1-trace.csv"].Data, files["x/chunk-1-dataset.json"].Data)
	f.Add([]byte("0,1,1,Weibull,0.1,1\n1e8,1e6,0,Gamma,0.001,0\n"), []byte(`{"-0":{"input_tokens":"{1e9:1e15,0:1}","output_tokens":" {0:1e-300} "}}`))
	f.Fuzz(func(t *testing.T, windows, dataset []byte) {
		c, err := ReadServeGen(fstest.MapFS{"chunk-0-trace.csv": {Data: windows}, "chunk-0-dataset.json": {Data: dataset}}, ".")
		if err != nil {
			return
		}
		r := c.Reader(1)
		block := make([]trace.Request, 64)
		last := unit.Time(0)
		for range 20 {
			n, err := r.Read(block)
			if err == io.EOF {
				break
			}
			for i := range block[:n] {
				q := &block[i]
				if q.At < last || q.At >= c.span || q.Input < 1 || q.Output < 0 || q.Input > 1e9 || q.Output > 1e9 {
					t.Fatalf("%+v after %v of %v", q, last, c.span)
				}
				last = q.At
			}
		}
	})
}

// An archive of any bytes is read without panic.
func FuzzServeGenTar(f *testing.F) {
	f.Add(archive(f, folderOf(), false))
	f.Add(archive(f, folderOf(), true))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = ReadServeGenTar(bytes.NewReader(data)) })
}

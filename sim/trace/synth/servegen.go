package synth

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
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
	cv         float64 // measured; the fitted shape has one of its own
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
	maxClientFile = 64 << 20  // bytes of one file
	maxClientData = 512 << 20 // bytes of all
	maxClients    = 100_000
)

// ReadServeGen reads the clients of a folder: all pairs chunk-N-trace.csv and
// chunk-N-dataset.json in it and below it.
func ReadServeGen(fsys fs.FS, dir string) (*Clients, error) {
	b := clientFiles{byPath: map[string]*client{}}
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
	b := clientFiles{byPath: map[string]*client{}}
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
type clientFiles struct {
	byPath map[string]*client
	bytes  int64
}

func (b *clientFiles) read(name string, r io.Reader) error {
	name = path.Clean(name)
	key, isTrace := strings.CutSuffix(name, "-trace.csv")
	if !isTrace {
		key = strings.TrimSuffix(name, "-dataset.json")
	}
	c := b.byPath[key]
	if c == nil {
		if len(b.byPath) == maxClients {
			return fmt.Errorf("%s: more than %d clients", name, maxClients)
		}
		c = &client{name: "client-" + strings.TrimPrefix(path.Base(key), "chunk-")}
		b.byPath[key] = c
	}
	limited := &io.LimitedReader{R: r, N: maxClientFile + 1}
	var err error
	if isTrace {
		c.windows, err = readWindows(limited)
	} else {
		c.sizes, err = readSizes(limited)
	}
	b.bytes += maxClientFile + 1 - limited.N
	if limited.N == 0 {
		err = fmt.Errorf("longer than %d bytes", maxClientFile)
	} else if b.bytes > maxClientData {
		err = fmt.Errorf("the files together are longer than %d bytes", maxClientData)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// clients ties windows to histograms, in the order of the clients' numbers.
func (b *clientFiles) clients() (*Clients, error) {
	keys := slices.SortedFunc(maps.Keys(b.byPath), func(a, b string) int {
		if c := len(a) - len(b); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	all := &Clients{}
	borrowed := 0
	for _, k := range keys {
		c := b.byPath[k]
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

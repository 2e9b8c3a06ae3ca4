package html

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"quotawall/reports/internal/sample"
	"quotawall/scenarios/result"
)

// testReport is the sample's report.
func testReport() Report {
	return Report{Title: "brain: a power user on Opus", Command: "quotawall report brain -o report.html", Version: "test", Run: sample.Run()}
}

// browser starts Chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no chromium or google-chrome in PATH: the page is not opened")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stopAlloc)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // starts it
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// pageFile writes the report and returns its address.
func pageFile(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// noise is what a page asked for and complained of.
type noise struct {
	mu       sync.Mutex
	requests []string
	errors   []string
}

func listen(ctx context.Context, t *testing.T) *noise {
	t.Helper()
	n := &noise{}
	err := chromedp.Listen(ctx, func(ev any) {
		n.mu.Lock()
		defer n.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			n.requests = append(n.requests, e.Request.URL)
		case *runtime.EventExceptionThrown:
			n.errors = append(n.errors, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			n.errors = append(n.errors, "console."+string(e.Type))
		case *log.EventEntryAdded:
			n.errors = append(n.errors, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = chromedp.Run(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, runtime.Enable, cdp.Empty{})
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// open shows the report and waits for its script.
func open(ctx context.Context, t *testing.T, width int64, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url), chromedp.Sleep(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
}

// eval is the value of an expression on the page.
func eval[T any](ctx context.Context, t *testing.T, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

func TestBrowserQuiet(t *testing.T) {
	ctx := browser(t)
	n := listen(ctx, t)
	url := pageFile(t, testReport())
	open(ctx, t, 1280, url)
	n.mu.Lock()
	for _, r := range n.requests {
		if r != url && !strings.HasPrefix(r, "data:") {
			t.Errorf("the page asked for %s", r)
		}
	}
	if len(n.requests) == 0 {
		t.Error("not even the page was asked for: the listener hears nothing")
	}
	for _, e := range n.errors {
		t.Errorf("the page complained: %s", e)
	}
	n.errors = nil
	n.mu.Unlock()
	eval[bool](ctx, t, `console.error("heard"), true`)
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.errors) == 0 {
		t.Error("a complaint made on purpose is not heard")
	}
}

func TestBrowserFiguresEqualJSON(t *testing.T) {
	ctx := browser(t)
	open(ctx, t, 1280, pageFile(t, testReport()))
	data := eval[string](ctx, t, `document.getElementById("run").textContent`)
	cells := eval[string](ctx, t, `JSON.stringify(Array.from(document.querySelectorAll("#t-steps tbody tr")).map(function (r) {
		var o = {}; r.querySelectorAll("[data-exact]").forEach(function (c) { o[c.dataset.key] = Number(c.dataset.exact) }); return o }))`)
	var run struct {
		Steps []struct {
			Unserved         float64 `json:"unserved"`
			Degraded         float64 `json:"degraded"`
			ServedShare      float64 `json:"served_share"`
			ServedTokenShare float64 `json:"served_token_share"`
			Cost             struct {
				MonthUSD float64 `json:"month_usd"`
				Per1k    float64 `json:"per_1k_served_usd"`
			} `json:"cost"`
		} `json:"steps"`
	}
	var rows []map[string]float64
	if err := json.Unmarshal([]byte(data), &run); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(cells), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(run.Steps) || len(rows) == 0 {
		t.Fatalf("%d rows for %d steps", len(rows), len(run.Steps))
	}
	for i, s := range run.Steps {
		for key, want := range map[string]float64{"unserved": s.Unserved, "degraded": s.Degraded, "served_share": s.ServedShare,
			"served_token_share": s.ServedTokenShare, "month_usd": s.Cost.MonthUSD, "per_1k_served_usd": s.Cost.Per1k} {
			if got, there := rows[i][key]; !there || got != want {
				t.Errorf("step %d, %s: the table has %v (%v), the JSON %v", i, key, got, there, want)
			}
		}
	}
}

func TestBrowserHover(t *testing.T) {
	ctx := browser(t)
	open(ctx, t, 1280, pageFile(t, testReport()))
	want := eval[string](ctx, t, `document.querySelectorAll(".spot")[10].getAttribute("aria-label")`)
	at := eval[[]float64](ctx, t, `(function () { var s = document.querySelectorAll(".spot")[10]; s.scrollIntoView({block: "center"});
		var r = s.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`)
	if err := chromedp.Do(ctx, chromedp.MouseEvent("mouseMoved", at[0], at[1]), chromedp.Sleep(100*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	const tip = `document.getElementById("tip").offsetParent === null && document.getElementById("tip").hidden ? "" : document.getElementById("tip").textContent`
	if got := eval[string](ctx, t, tip); want == "" || got != want {
		t.Errorf("pointing at a point shows %q, want %q", got, want)
	}
	if err := chromedp.Do(ctx, chromedp.MouseEvent("mouseMoved", 2, 2), chromedp.Sleep(100*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if got := eval[string](ctx, t, tip); got != "" {
		t.Errorf("pointing elsewhere still shows %q", got)
	}
}

func TestBrowserChoice(t *testing.T) {
	ctx := browser(t)
	open(ctx, t, 1280, pageFile(t, testReport()))
	const shown = `Array.from(document.querySelectorAll("#t-bill tbody")).filter(function (b) { return !b.hidden }).map(function (b) { return b.dataset.group }).join("|")`
	if got := eval[string](ctx, t, shown); got != "as is|+ prompt caching|+ background work on Sonnet" {
		t.Errorf("at first the bills are %q", got)
	}
	eval[bool](ctx, t, `(function () { var s = document.getElementById("step"); s.value = "1"; return s.dispatchEvent(new Event("change")) })()`)
	if got := eval[string](ctx, t, shown); got != "+ prompt caching" {
		t.Errorf("choosing the second step shows the bills %q", got)
	}
	if got := eval[int](ctx, t, `Array.from(document.querySelectorAll("figure[data-step]")).filter(function (f) { return f.offsetHeight > 0 }).length`); got != 1 {
		t.Errorf("%d pictures of steps, want 1", got)
	}
	if got := eval[int](ctx, t, `Array.from(document.querySelectorAll("#t-steps tbody tr")).findIndex(function (r) { return r.hasAttribute("aria-current") })`); got != 1 {
		t.Errorf("row %d is marked, want 1", got)
	}
}

// TestBrowserFits: nothing is wider than a phone but tables, which scroll in a
// box of their own; no picture is cut; and a caps table with all its columns is
// whole on a small laptop.
func TestBrowserFits(t *testing.T) {
	ctx := browser(t)
	r := testReport()
	r.Run.Steps[0].Name = "a step whose name is as long as a sentence, which no title on a phone can hold in one line"
	caps := r.Run.Steps[0].Caps
	other := caps[len(caps)-1]
	other.Account, other.Region, other.Scope = "a1", "ap-southeast-2", "global"
	r.Run.Steps[0].Caps = append(caps, other)
	url := pageFile(t, r)
	for _, width := range []int64{400, 1200} {
		open(ctx, t, width, url)
		if wide := eval[int64](ctx, t, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("the page is %v pixels wide on a screen of %v", wide, width)
		}
		const cut = `Array.from(document.querySelectorAll("figure svg, figure h3")).filter(function (e) {
			return e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1 || e.parentNode.scrollWidth > e.parentNode.clientWidth + 1 }).length`
		if n := eval[int](ctx, t, cut); n != 0 {
			t.Errorf("at %d pixels, %d pictures or titles are cut", width, n)
		}
	}
	if hidden := eval[int](ctx, t, `(function (e) { return e.scrollWidth - e.clientWidth })(document.getElementById("t-caps").parentNode)`); hidden > 0 {
		t.Errorf("at 1200 pixels, %d of the caps table are out of sight", hidden)
	}
	if n := eval[int](ctx, t, `document.querySelectorAll("#t-caps thead th").length`); n != 11 {
		t.Errorf("the caps table has %d columns, want all 11", n)
	}
}

// TestBrowserPictures writes screenshots and a PDF into QUOTAWALL_GALLERY, to
// be looked at.
func TestBrowserPictures(t *testing.T) {
	dir := os.Getenv("QUOTAWALL_GALLERY")
	if dir == "" {
		t.Skip("QUOTAWALL_GALLERY names no folder to write the pictures to")
	}
	url := pageFile(t, galleryReport(t))
	ctx := browser(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			_, err := chromedp.Run(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				return err
			}))
			if err != nil {
				t.Fatal(err)
			}
			open(ctx, t, width, url)
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			save(t, filepath.Join(dir, fmt.Sprintf("page-%s-%d.png", scheme, width)), shot)
		}
	}
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, "page.pdf"), pdf)
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// galleryReport is a real run where QUOTAWALL_RESULT names its JSON, else the
// sample's.
func galleryReport(t *testing.T) Report {
	t.Helper()
	r := testReport()
	path := os.Getenv("QUOTAWALL_RESULT")
	if path == "" {
		return r
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r.Run = new(result.Run)
	if err := json.Unmarshal(data, r.Run); err != nil {
		t.Fatal(err)
	}
	return r
}

package html

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"quotawall/reports/internal/sample"
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

func listen(ctx context.Context) *noise {
	n := &noise{}
	chromedp.ListenTarget(ctx, func(ev any) {
		n.mu.Lock()
		defer n.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			n.requests = append(n.requests, e.Request.URL)
		case *runtime.EventExceptionThrown:
			n.errors = append(n.errors, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			n.errors = append(n.errors, "console."+string(e.Type))
		}
	})
	return n
}

func TestBrowserQuiet(t *testing.T) {
	ctx := browser(t)
	n := listen(ctx)
	url := pageFile(t, testReport())
	if err := chromedp.Run(ctx, network.Enable(), runtime.Enable(), chromedp.Navigate(url), chromedp.Sleep(300*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
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
}

func TestBrowserFiguresEqualJSON(t *testing.T) {
	ctx := browser(t)
	var data, cells string
	err := chromedp.Run(ctx, chromedp.Navigate(pageFile(t, testReport())),
		chromedp.Evaluate(`document.getElementById("run").textContent`, &data),
		chromedp.Evaluate(`JSON.stringify(Array.from(document.querySelectorAll("#t-steps tbody tr")).map(function (r) {
			var o = {}; r.querySelectorAll("[data-exact]").forEach(function (c) { o[c.dataset.key] = Number(c.dataset.exact) }); return o }))`, &cells))
	if err != nil {
		t.Fatal(err)
	}
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

func TestBrowserHoverAndChoice(t *testing.T) {
	ctx := browser(t)
	var tip, want, shown string
	var bodies, figures, marked int
	err := chromedp.Run(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(pageFile(t, testReport())),
		chromedp.ScrollIntoView(`.spot`),
		chromedp.Evaluate(`document.querySelectorAll(".spot")[10].getAttribute("aria-label")`, &want),
		chromedp.ActionFunc(func(ctx context.Context) error {
			var at []float64
			script := `(function(){var s=document.querySelectorAll(".spot")[10]; s.scrollIntoView({block:"center"}); var r=s.getBoundingClientRect(); return [r.x+r.width/2,r.y+r.height/2]})()`
			if err := chromedp.Evaluate(script, &at).Do(ctx); err != nil {
				return err
			}
			return chromedp.MouseEvent("mouseMoved", at[0], at[1]).Do(ctx)
		}),
		chromedp.Sleep(100*time.Millisecond),
		chromedp.Evaluate(`document.getElementById("tip").hidden ? "hidden" : document.getElementById("tip").textContent`, &tip),
		chromedp.SetValue(`#step`, "1"),
		chromedp.Evaluate(`document.getElementById("step").dispatchEvent(new Event("change"))`, nil),
		chromedp.Evaluate(`Array.from(document.querySelectorAll("#t-bill tbody")).filter(function (b) { return b.offsetParent }).map(function (b) { return b.dataset.group }).join("|")`, &shown),
		chromedp.Evaluate(`Array.from(document.querySelectorAll("#t-caps tbody")).filter(function (b) { return b.offsetParent }).length`, &bodies),
		chromedp.Evaluate(`Array.from(document.querySelectorAll("figure[data-step]")).filter(function (f) { return f.offsetParent }).length`, &figures),
		chromedp.Evaluate(`Array.from(document.querySelectorAll("#t-steps tbody tr")).findIndex(function (r) { return r.hasAttribute("aria-current") })`, &marked),
	)
	if err != nil {
		t.Fatal(err)
	}
	if want == "" || tip != want {
		t.Errorf("pointing at a point shows %q, want %q", tip, want)
	}
	if shown != "+ prompt caching" || bodies != 1 || figures != 1 || marked != 1 {
		t.Errorf("choosing step 1 shows bills %q, %d groups of caps, %d pictures, marks row %d", shown, bodies, figures, marked)
	}
}

// TestBrowserFitsPhone: nothing but tables and pictures, which scroll by
// themselves, is wider than a phone.
func TestBrowserFitsPhone(t *testing.T) {
	ctx := browser(t)
	var wide float64
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(pageFile(t, testReport())),
		chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide)); err != nil {
		t.Fatal(err)
	}
	if wide > 390 {
		t.Errorf("the page is %v pixels wide on a phone of 390", wide)
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
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			ctx := browser(t)
			var shot []byte
			err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 900),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
				chromedp.Navigate(url), chromedp.FullScreenshot(&shot, 100))
			if err != nil {
				t.Fatal(err)
			}
			save(t, filepath.Join(dir, "page-"+scheme+"-"+map[int64]string{1280: "desktop", 390: "phone"}[width]+".png"), shot)
		}
	}
	ctx := browser(t)
	var pdf []byte
	if err := chromedp.Run(ctx, chromedp.Navigate(url), chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		pdf, _, err = cdppage.PrintToPDF().WithPrintBackground(true).Do(ctx)
		return err
	})); err != nil {
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
	if err := json.Unmarshal(data, r.Run); err != nil {
		t.Fatal(err)
	}
	return r
}

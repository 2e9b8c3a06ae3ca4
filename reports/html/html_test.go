package html

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotawall/reports"
	"quotawall/reports/chart"
	"quotawall/scenarios/result"
)

func pageOf(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func markdownOf(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteMarkdown(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDeterministic(t *testing.T) {
	page, md := pageOf(t, testReport()), markdownOf(t, testReport())
	if page != pageOf(t, testReport()) || md != markdownOf(t, testReport()) {
		t.Error("two reports of one run differ")
	}
}

// TestSameContent: both forms have the same sections and verdict.
func TestSameContent(t *testing.T) {
	r := testReport()
	page, md := pageOf(t, r), markdownOf(t, r)
	var inPage, inMarkdown []string
	for _, m := range regexp.MustCompile(`<h2[^>]*>([^<]*)</h2>`).FindAllStringSubmatch(page, -1) {
		inPage = append(inPage, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(md, -1) {
		inMarkdown = append(inMarkdown, m[1])
	}
	if d := cmp.Diff(inPage, inMarkdown); d != "" || len(inPage) < 7 {
		t.Errorf("sections %q: %s", inPage, d)
	}
	for _, f := range r.facts() {
		if !strings.Contains(page, f.Value) || !strings.Contains(md, f.Value) {
			t.Errorf("%s is missing in a form", f.Name)
		}
	}
	for _, want := range []string{"$393.52", "2,592,000", "16:15", "https://aws.amazon.com/bedrock/pricing/", "2026-11-10"} {
		if !strings.Contains(page, want) || !strings.Contains(strings.ReplaceAll(md, `\$`, "$"), want) {
			t.Errorf("%q is missing in a form", want)
		}
	}
}

// TestSelfContained: nothing on the page is fetched.
func TestSelfContained(t *testing.T) {
	page := pageOf(t, testReport())
	for _, m := range regexp.MustCompile(`(?i)\b(src|href|action|data)\s*=\s*"([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[2], "#") && m[2] != "data:," {
			t.Errorf("the page refers to %s", m[0])
		}
	}
	if regexp.MustCompile(`(?i)@import|url\(|<iframe|<object|<link[^>]*stylesheet`).MatchString(page) {
		t.Error("the page would fetch something")
	}
}

// TestAccessible holds the basics: language, order of headings, scopes of
// header cells, names of tables, pictures and controls, ids that are unique.
func TestAccessible(t *testing.T) {
	r := testReport()
	r.Extra = []Section{{Title: "Again", Tables: reports.RunTables(r.Run), Charts: runCharts(t, r)}} // every name twice
	page := pageOf(t, r)
	if !strings.Contains(page, `<html lang="en">`) || !strings.Contains(page, `name="viewport"`) {
		t.Error("no language or no viewport")
	}
	last, ones := 0, 0
	for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(page, -1) {
		level, _ := strconv.Atoi(m[1])
		if level > last+1 {
			t.Errorf("a heading of level %d follows one of level %d", level, last)
		}
		if level == 1 {
			ones++
		}
		last = level
	}
	if ones != 1 {
		t.Errorf("%d main headings", ones)
	}
	for _, th := range regexp.MustCompile(`<th[ >][^>]*>?`).FindAllString(page, -1) {
		if !strings.Contains(th, `scope="`) {
			t.Errorf("a header cell without scope: %s", th)
		}
	}
	if tables := strings.Count(page, "<table"); tables < 5 || tables != strings.Count(page, "<caption>") {
		t.Errorf("%d tables, %d captions", tables, strings.Count(page, "<caption>"))
	}
	checkIDs(t, page)
	checkPictures(t, page)
	if !strings.Contains(page, `<label for="step">`) || !strings.Contains(page, `<select id="step">`) {
		t.Error("the choice of steps has no label")
	}
}

// checkIDs: unique, and labels refer to what is there.
func checkIDs(t *testing.T, page string) {
	t.Helper()
	ids := regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1)
	seen := map[string]bool{}
	for _, m := range ids {
		if seen[m[1]] {
			t.Errorf("the id %s is there twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !seen[id] {
				t.Errorf("a label refers to %s, which is nowhere", id)
			}
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			t.Errorf("a link leads to %s, which is nowhere", m[1])
		}
	}
}

func runCharts(t *testing.T, r Report) []*chart.Chart {
	t.Helper()
	all, err := chart.FromRun(r.Run)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// checkPictures: each has an alternative text made from figures.
func checkPictures(t *testing.T, page string) {
	t.Helper()
	pictures := strings.Count(page, "<svg ")
	texts := regexp.MustCompile(`<desc id="[^"]*">([^<]*)</desc>`).FindAllStringSubmatch(page, -1)
	if pictures < 5 || pictures != len(texts) || pictures != strings.Count(page, `role="img"`) {
		t.Errorf("%d pictures, %d alternative texts", pictures, len(texts))
	}
	for _, m := range texts {
		if !strings.ContainsAny(m[1], "0123456789") {
			t.Errorf("an alternative text without a figure: %s", m[1])
		}
	}
}

// TestContrast computes WCAG's ratio for each pair of text and ground, in
// each scheme.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(pageStyle, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d schemes, want light, dark and print", len(blocks))
	}
	for i, b := range blocks {
		colors := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(b[1], -1) {
			colors[m[1]] = m[2]
		}
		for _, pair := range [][2]string{{"ink", "paper"}, {"muted", "paper"}, {"link", "paper"}, {"good", "paper"}, {"bad", "paper"},
			{"ink", "shade"}, {"good", "shade"}, {"bad", "shade"}, {"link", "shade"}, {"paper", "ink"}} {
			if c := contrast(t, colors[pair[0]], colors[pair[1]]); c < 4.5 {
				t.Errorf("scheme %d: %s on %s has contrast %.2f", i, pair[0], pair[1], c)
			}
		}
	}
	if c := contrast(t, "#000000", "#ffffff"); math.Abs(c-21) > 1e-9 {
		t.Errorf("black on white has contrast %v, want 21", c)
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	l1, l2 := luminance(t, a), luminance(t, b)
	return (max(l1, l2) + 0.05) / (min(l1, l2) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		if len(hex) != 7 {
			t.Fatalf("%q is no colour", hex)
		}
		v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		f := float64(v) / 255
		if f <= 0.04045 {
			f /= 12.92
		} else {
			f = math.Pow((f+0.055)/1.055, 2.4)
		}
		sum += weight * f
	}
	return sum
}

// TestHostile: nothing from an input becomes markup, ends the data or steers
// output.
func TestHostile(t *testing.T) {
	const evil = "</script><script>alert(1)</script><img src=x onerror=y>\x1b\u202e\"'`|"
	r := testReport()
	r.Title, r.Question, r.Command = evil, evil, evil
	r.Run.Steps[0].Name, r.Run.Ruleset, r.Run.Scenario.Name = evil, evil, evil
	r.Run.Notes = []string{evil}
	r.Run.Steps[0].Caps[2].Model = evil
	r.Run.Steps[0].Cost.Lines[0].Source = evil
	r.Run.Steps[0].Classes[0].Class = evil
	r.Extra = []Section{{Title: evil, Text: []string{evil}}}
	page, md := pageOf(t, r), markdownOf(t, r)
	if n := strings.Count(page, "<script"); n != 2 || strings.Contains(page, "<img") || strings.Contains(md, "<script>") && !strings.Contains(md, "`</script>") {
		t.Errorf("%d scripts on the page, want the data and our own", n)
	}
	for name, out := range map[string]string{"page": page, "Markdown": md} {
		if strings.ContainsAny(out, "\x1b\u202e") {
			t.Errorf("a raw control character in the %s", name)
		}
	}
	data := page[strings.Index(page, `id="run">`)+len(`id="run">`):]
	var back result.Run
	if err := json.Unmarshal([]byte(data[:strings.Index(data, "</script>")]), &back); err != nil || back.Steps[0].Name != evil {
		t.Errorf("the data comes back as %q, %v", back.Steps[0].Name, err)
	}
}

// TestExtra: studies get their sections, tables and pictures in both forms.
func TestExtra(t *testing.T) {
	table := reports.NewTable("candidates", reports.Column{Name: "plan"})
	table.Row(reports.Str("two accounts"))
	c, err := chart.Sweep{Name: "sweep", Title: "a sweep", XName: "users", YName: "served",
		Lines: []chart.Series{{Name: "a", X: []float64{1, 2}, Y: []float64{1, 0.5}}}}.Draw()
	if err != nil {
		t.Fatal(err)
	}
	r := testReport()
	r.ChartDir = "report-charts"
	r.Extra = []Section{{Title: "The plan", Text: []string{"cheapest first"}, Tables: []*reports.Table{table}, Charts: []*chart.Chart{c}}}
	page, md := pageOf(t, r), markdownOf(t, r)
	for _, want := range []string{"The plan", "cheapest first", "two accounts"} {
		if !strings.Contains(page, want) || !strings.Contains(md, want) {
			t.Errorf("%q is missing in a form", want)
		}
	}
	if !strings.Contains(page, `id="c-sweep-t"`) || !strings.Contains(md, "](report-charts/sweep.svg)") {
		t.Error("the picture is missing in a form")
	}
}

// TestEmptyRun: a run without steps makes a report, not a panic.
func TestEmptyRun(t *testing.T) {
	r := Report{Run: &result.Run{Scenario: result.ScenarioInfo{Name: "empty"}}}
	if page := pageOf(t, r); !strings.Contains(page, "<h1>empty</h1>") {
		t.Error("no title")
	}
	if md := markdownOf(t, r); !strings.HasPrefix(md, "# empty\n") {
		t.Errorf("%q", md)
	}
}

// TestPrintShowsAll: what the choice of a step hides is printed all the same.
func TestPrintShowsAll(t *testing.T) {
	_, printed, found := strings.Cut(pageStyle, "@media print")
	if !found || !slices.ContainsFunc(strings.Split(printed, "\n"), func(s string) bool { return strings.Contains(s, "[hidden]") }) {
		t.Error("nothing is said about hidden parts in print")
	}
}

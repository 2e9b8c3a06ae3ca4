package logs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
)

const metricData = `{"MetricDataResults":[
{"Id":"m1","Label":"Invocations","Timestamps":["2026-10-05T09:14:00+00:00","2026-10-05T09:12:00+00:00"],"Values":[1.0,3.0],"StatusCode":"Complete"},
{"Id":"m2","Label":"InputTokenCount","Timestamps":["2026-10-05T09:14:00+00:00","2026-10-05T09:12:00+00:00"],"Values":[7.0,100.0],"StatusCode":"Complete"},
{"Id":"m3","Label":"OutputTokenCount","Timestamps":["2026-10-05T09:12:00+00:00"],"Values":[10.0],"StatusCode":"Complete"},
{"Id":"m4","Label":"CacheReadInputTokenCount","Timestamps":["2026-10-05T09:12:00+00:00"],"Values":[5.0],"StatusCode":"Complete"},
{"Id":"m5","Label":"CacheWriteInputTokens","Timestamps":["2026-10-05T09:12:00+00:00"],"Values":[2.0],"StatusCode":"Complete"},
{"Id":"m6","Label":"InvocationThrottles","Timestamps":["2026-10-05T09:12:00+00:00"],"Values":[1.0],"StatusCode":"Complete"},
{"Id":"m7","Label":"InvocationLatency","Timestamps":["2026-10-05T09:12:00+00:00"],"Values":[1234.56],"StatusCode":"Complete"}],
"Messages":[]}`

// metricRows: 3 calls in the minute of 09:12, centred in thirds, the first at 10 s.
func metricRows() []string {
	return []string{
		"0 34/3 read=1 write=0",
		"20000000 0/0 status=429",
		"20000000 36/3 read=2 write=1",
		"40000000 37/4 read=2 write=1",
		"140000000 7/0 read=0 write=0",
	}
}

func TestMetricData(t *testing.T) {
	f := format(t, "cloudwatch", 0)
	if got := detected("x.json", metricData); got != "cloudwatch" {
		t.Errorf("detected as %q", got)
	}
	r, err := f.Open("log", strings.NewReader(metricData), trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, r)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	want := metricRows()
	slices.Sort(want)
	compare(t, got, want)
	if s := r.Info().Start.Format("15:04:05"); s != "09:12:10" {
		t.Errorf("starts at %s", s)
	}
	for _, part := range []string{"1m apart", "evenly", "status 429", "InvocationLatency", "InputTokenCount plus cache"} {
		if !strings.Contains(notes(r), part) {
			t.Errorf("notes do not say %q: %s", part, notes(r))
		}
	}
	if s := summary(r); s.Rows != 5 || s.Failed != 1 || s.Span != 140_000_000 {
		t.Errorf("summary %+v", s)
	}
	expectSorted(t, f, strings.Replace(metricData, `[7.0,100.0]`, `[7.0,107.0]`, 1), trace.ReadOptions{Inclusive: trace.Inclusive}, want)
	refuse(t, f, strings.Replace(metricData, `[7.0,100.0]`, `[7.0,6.0]`, 1), trace.ReadOptions{Inclusive: trace.Inclusive}, "2026-10-05T09:12:00Z", "exclusive")
}

func expectSorted(t *testing.T, f Format, text string, opt trace.ReadOptions, want []string) {
	t.Helper()
	r, err := f.Open("log", strings.NewReader(text), opt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, r)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	compare(t, got, want)
}

// TestMetricSources reads the same series from the answers of
// get-metric-statistics, one a file, and from a console file.
func TestMetricSources(t *testing.T) {
	f := format(t, "cloudwatch", 0)
	series := []string{
		`{"Label":"Invocations","Datapoints":[{"Timestamp":"2026-10-05T09:12:00Z","Sum":3.0,"Unit":"Count"},{"Timestamp":"2026-10-05T09:14:00Z","Sum":1.0,"Unit":"Count"}]}`,
		`{"Label":"InputTokenCount","Datapoints":[{"Timestamp":"2026-10-05T09:14:00Z","Sum":7.0},{"Timestamp":"2026-10-05T09:12:00Z","Sum":100.0}]}`,
		`{"Label":"OutputTokenCount","Datapoints":[{"Timestamp":1791191520,"Sum":10.0}]}`,
		`{"Label":"CacheReadInputTokens","Datapoints":[{"Timestamp":"2026-10-05T09:12:00Z","Sum":5.0}]}`,
		`{"Label":"CacheWriteInputTokenCount","Datapoints":[{"Timestamp":"2026-10-05T09:12:00Z","Sum":2.0}]}`,
		`{"Label":"InvocationThrottles","Datapoints":[{"Timestamp":"2026-10-05T09:12:00Z","Sum":1.0}]}`,
		`{"Label":"InvocationLatency","Datapoints":[{"Timestamp":"2026-10-05T09:12:00Z","Average":1.5}]}`,
	}
	want := metricRows()
	slices.Sort(want)
	expectSorted(t, f, strings.Join(series, "\n"), trace.ReadOptions{}, want)
	// Pages and files that overlap say the same once.
	expectSorted(t, f, strings.Join(append(series, series...), "\n"), trace.ReadOptions{}, want)
	names := make([]string, len(series))
	r, err := many(f, trace.ReadOptions{}, names, series...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, r)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	compare(t, got, want)

	console := "Full label,Invocations,InputTokenCount,OutputTokenCount,CacheReadInputTokens,CacheWriteInputTokens,InvocationThrottles,InvocationLatency\n" +
		"Id,m1,m2,m3,m4,m5,m6,m7\nRegion,us-east-1,us-east-1,us-east-1,us-east-1,us-east-1,us-east-1,us-east-1\n" +
		"2026/10/05 09:12:00,3,100,10,5,2,1,1.5\n2026/10/05 09:14:00,1,7,,,,,\n"
	if got := detected("x.csv", console); got != "cloudwatch" {
		t.Errorf("detected as %q", got)
	}
	expectSorted(t, f, console, trace.ReadOptions{}, want)
}

func TestMetricModels(t *testing.T) {
	text := `{"MetricDataResults":[{"Id":"a","Label":"us.anthropic.claude-opus-4-6-v1 Invocations","Timestamps":["2026-10-05T09:00:00Z"],"Values":[1]},
{"Id":"b","Label":"anthropic.claude-haiku-4-5-v1:0 Invocations","Timestamps":["2026-10-05T09:00:00Z"],"Values":[2]},
{"Id":"inputtokencount","Label":"us.anthropic.claude-opus-4-6-v1","Timestamps":["2026-10-05T09:00:00Z"],"Values":[9]}]}`
	expect(t, format(t, "cloudwatch", 0), text, trace.ReadOptions{},
		"0 0/0 model=anthropic.claude-haiku-4-5-v1:0 read=0 write=0",
		"15000000 9/0 model=us.anthropic.claude-opus-4-6-v1 read=0 write=0",
		"30000000 0/0 model=anthropic.claude-haiku-4-5-v1:0 read=0 write=0")
}

func TestMetricMistakes(t *testing.T) {
	f := format(t, "cloudwatch", 0)
	series := func(label, values string) string {
		return `{"MetricDataResults":[{"Id":"a","Label":"` + label + `","Timestamps":["2026-10-05T09:00:00Z"],"Values":[` + values + `]}]}`
	}
	for _, c := range []struct {
		name, text string
		parts      []string
	}{
		{"no Invocations", series("InputTokenCount", "5"), []string{"lack the series Invocations", "get-metric-data"}},
		{"a fraction", series("Invocations", "1.5"), []string{"log:1:", "not a whole number"}},
		{"another length", series("Invocations", "1,2"), []string{"not as many values"}},
		{"a flood", series("Invocations", "1e12"), []string{"larger than any count"}},
		{"too many tokens a call", series("Invocations", "1") + series("InputTokenCount", "1e12"), []string{"too many for its calls"}},
		{"nothing", `{"MetricDataResults":[]}`, []string{"no call"}},
		{"zeros", series("Invocations", "0"), []string{"no call"}},
		{"console without series", "a,b\n2026/10/05 09:12:00,3\n", []string{"no call"}},
		{"console with a bad time", "Full label,Invocations\n2026/10/05 09:12:00,3\nlater,4\n", []string{"log:3:1", "not a date and time"}},
		{"console with a bad value", "Full label,Invocations\n2026/10/05 09:12:00,-3\n", []string{"log:2:21", "is negative"}},
	} {
		t.Run(c.name, func(t *testing.T) { refuse(t, f, c.text, trace.ReadOptions{}, c.parts...) })
	}
	r := expect(t, f, series("Invocations", "0")+series("InputTokenCount", "8"), trace.ReadOptions{}, "0 8/0 read=0 write=0")
	if !strings.Contains(notes(r), "no Invocations") {
		t.Errorf("notes: %s", notes(r))
	}
}

// TestSharesAddUp: whatever the counts, a period's calls and tokens come out
// whole, inside it and in order, and shares differ by one at most.
func TestSharesAddUp(t *testing.T) {
	f := format(t, "cloudwatch", 0)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 300).Draw(t, "calls")
		totals := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 4, 4).Draw(t, "tokens")
		spread := trace.Spread(rapid.IntRange(0, 1).Draw(t, "spread"))
		text := ""
		for i, label := range []string{"InputTokenCount", "OutputTokenCount", "CacheReadInputTokens", "CacheWriteInputTokens"} {
			text += fmt.Sprintf(`{"Label":%q,"Datapoints":[{"Timestamp":"2026-10-05T09:00:00Z","Sum":%d}]}`, label, totals[i])
		}
		text += fmt.Sprintf(`{"Label":"Invocations","Datapoints":[{"Timestamp":"2026-10-05T09:00:00Z","Sum":%d}]}`, n)
		r, err := f.Open("log", strings.NewReader(text), trace.ReadOptions{Spread: spread, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		block := make([]trace.Request, n+1)
		got, err := r.Read(block)
		if err != nil || int64(got) != n {
			t.Fatalf("%d calls of %d, %v", got, n, err)
		}
		var input, output, read, write int64
		low, high := block[0].Output, block[0].Output
		for i, q := range block[:got] {
			input, output, read, write = input+q.Input, output+q.Output, read+q.CacheRead, write+q.CacheWrite
			low, high = min(low, q.Output), max(high, q.Output)
			if q.At < 0 || i > 0 && q.At < block[i-1].At {
				t.Fatalf("call %d at %d", i, q.At)
			}
		}
		end := r.Info().Start.Unix() - 1791190800 + int64(block[got-1].At)/1_000_000
		if end >= 60 {
			t.Fatalf("the last call is %d s after the period's begin", end)
		}
		if output != totals[1] || read != totals[2] || write != totals[3] || input != totals[0]+read+write || high-low > 1 {
			t.Fatalf("sums %d %d %d %d of %v, shares %d to %d", input, output, read, write, totals, low, high)
		}
	})
}

func TestPeriodOfSparseSeries(t *testing.T) {
	f := format(t, "cloudwatch", 0)
	for _, c := range []struct{ stamps, want string }{
		{`"2026-10-05T09:12:00Z","2026-10-05T10:12:00Z"`, "1m apart"},
		{`"2026-10-05T09:00:00Z","2026-10-05T10:00:00Z"`, "1h apart"},
		{`"2026-10-05T09:05:00Z","2026-10-05T09:10:00Z","2026-10-05T12:00:00Z"`, "5m apart"},
		{`"2026-10-05T09:05:10Z","2026-10-05T09:05:20Z"`, "10s apart"},
		{`"2026-10-05T09:00:00Z"`, "1m apart"},
	} {
		n := strings.Count(c.stamps, "T")
		text := `{"MetricDataResults":[{"Id":"a","Label":"Invocations","Timestamps":[` + c.stamps + `],"Values":[` + strings.TrimSuffix(strings.Repeat("1,", n), ",") + `]}]}`
		r, err := f.Open("log", strings.NewReader(text), trace.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(notes(r), c.want) {
			t.Errorf("%s: %s", c.stamps, notes(r))
		}
	}
}

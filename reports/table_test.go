package reports

import (
	"bytes"
	"fmt"
	"testing"
)

func capsSample() *Table {
	t := NewTable("caps met",
		Column{Name: "step", Group: true},
		Column{Name: "model"},
		Column{Name: "limit per day", Kind: Count, Unit: "tokens"},
		Column{Name: "cost per month", Key: "month_usd", Kind: Money},
		Column{Name: "served", Kind: Share},
		Column{Name: "wait", Kind: Duration, Drop: 2},
		Column{Name: "note", Wrap: 24, Drop: 1},
		Column{Name: "hash", Exact: true},
	)
	t.Row(Str("as is"), Str("claude-opus-4-6"), Int(2592000), Nano(18372123456789), Num(0.387), Num(0), Str("the daily cap resets at midnight UTC, assumed: AWS does not say"), Str("a"))
	t.Row(Str("as is"), Str("claude-sonnet-4-5"), Int(int64(3600000000)), Nano(1200000000).Note("includes idle hours"), Num(0.9999).Tone(Bad), Num(4), None(), Str("b"))
	t.Row(Str("+ caching"), Str("claude-opus-4-6"), None().Note("no such limit").Note("includes idle hours"), Nano(0), Num(1), None(), Str("=1+1|<b>"), Str("c"))
	t.Note("prices of 2026-11-10")
	return t
}

func TestLook(t *testing.T) {
	for _, w := range []int{100, 60, 30, 8} {
		var b bytes.Buffer
		if err := WriteText(&b, w, false, capsSample()); err != nil {
			t.Fatal(err)
		}
		fmt.Println(b.String())
	}
	for _, f := range []string{"csv", "json", "markdown", "html"} {
		var b bytes.Buffer
		if err := Write(&b, f, 0, false, capsSample()); err != nil {
			t.Fatal(err)
		}
		fmt.Println(b.String())
	}
}

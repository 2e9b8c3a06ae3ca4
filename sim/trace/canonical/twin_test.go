package canonical

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotawall/sim/trace"
)

// Rows are read the same, and refused with the same words, whether quick takes
// them or all are left to slow.
func TestQuickTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameSlowly(t, drawOdd(t), rapid.IntRange(0, 9).Draw(t, "read")) })
}

// sameSlowly reads a text both ways, in parts of so many bytes; 0 is at once.
func sameSlowly(t rapid.TB, text string, size int) {
	for _, opt := range []trace.ReadOptions{{}, {SkipBadRows: true, Unordered: true}} {
		read := func(slowly bool) ([]plain, error) {
			var in io.Reader = strings.NewReader(text)
			if size > 0 {
				in = parts{in, size}
			}
			c, err := NewReader("t.csv", in, opt)
			if err != nil {
				return nil, err
			}
			if slowly {
				c.plain.fields = -1
			}
			return all(c, 7)
		}
		quick, quickErr := read(false)
		slow, slowErr := read(true)
		if fmt.Sprint(quickErr) != fmt.Sprint(slowErr) {
			t.Fatalf("%q: quickly %v, slowly %v", text, quickErr, slowErr)
		}
		if d := cmp.Diff(slow, quick); d != "" {
			t.Fatalf("%q: %s", text, d)
		}
	}
}

// parts reads so many bytes at once.
type parts struct {
	r    io.Reader
	size int
}

func (p parts) Read(b []byte) (int, error) { return p.r.Read(b[:min(p.size, len(b))]) }

// drawOdd makes rows at the limits of what is read quickly.
func drawOdd(t *rapid.T) string {
	names := rapid.Permutation(Columns()).Draw(t, "columns")
	names = slices.DeleteFunc(names, func(n string) bool {
		return !slices.Contains(Columns()[:3], n) && rapid.Bool().Draw(t, "without "+n)
	})
	number := rapid.OneOf(rapid.StringMatching(`[0-9]{1,8}`), rapid.StringMatching(`0{0,9}[0-9]{0,9}`), rapid.StringMatching(`[0-9]{8,20}`),
		rapid.SampledFrom([]string{"", "1000000000", "1000000001", "100000000000000000", "100000000000000001", "999", "1000", "-1", "+1", " 1", "1 ", "1.0", "1e3", "unset", "1:", "1/", "12345678x", "\x00"}))
	word := rapid.OneOf(rapid.StringMatching(`[a-c]{0,20}`), rapid.StringMatching(`[a-b =+'\r\x00/.:é-]{0,12}`), rapid.SampledFrom([]string{"abcdefg", "abcdefgh", "abcdefg\x00", "a\"b"}))
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
	lines := []string{rapid.SampledFrom([]string{"# block_tokens=16 block_scope=trace", "#"}).Draw(t, "about"), strings.Join(names, ",")}
	for range rapid.IntRange(1, 12).Draw(t, "rows") {
		var cells []string
		for i, n := range names {
			switch {
			case n == "t_us" && rapid.IntRange(0, 9).Draw(t, "odd time") > 0:
				cells = append(cells, fmt.Sprint(1000*len(lines)))
			case n == "blocks":
				cells = append(cells, rapid.SampledFrom([]string{"", "1", "1 2", " 1", "1 ", "1  2", "12345678 123456789", "18446744073709551616", "x"}).Draw(t, n))
			case n == "model" || n == "session" || n == "user" || n == "class" || n == "account":
				cells = append(cells, word.Draw(t, n))
			case rapid.IntRange(0, 3).Draw(t, "odd number") > 0:
				cells = append(cells, fmt.Sprint(i))
			default:
				cells = append(cells, number.Draw(t, n))
			}
		}
		cells = cells[:len(cells)-rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 1}).Draw(t, "short")]
		lines = append(lines, strings.Join(cells, ","))
	}
	return strings.Join(lines, end) + rapid.SampledFrom([]string{"", end}).Draw(t, "last")
}

// A NUL before a name makes it another name.
func TestQuickNUL(t *testing.T) {
	sameSlowly(t, "t_us,model,input_tokens,output_tokens\n0,\x00a,100,10\n1,a,100,10\n2,\x00\x00a,100,10\n3,a,100,10\n4,\x00a,100,10\n", 0)
}

// A row at the end of what is buffered, at any place of the buffer, is read
// whole.
func TestQuickBorders(t *testing.T) {
	var text strings.Builder
	text.WriteString("t_us,model,input_tokens,output_tokens,session\n")
	for i := range 40_000 {
		fmt.Fprintf(&text, "%d,%s,%d,%d,%x\n", 99_999_000+i, strings.Repeat("m", i%11), i, i%7, i%301)
	}
	sameSlowly(t, text.String(), 0)
	sameSlowly(t, text.String(), 1021)
}

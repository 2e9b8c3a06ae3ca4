package tomltext

import (
	"testing"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"
)

// What is written is read back as it was.
func TestInlineReadsBack(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		kinds := []*rapid.Generator[any]{
			rapid.String().AsAny(), rapid.Int64().AsAny(), rapid.Bool().AsAny(),
			rapid.Float64().Filter(func(f float64) bool { return f == f }).AsAny(),
		}
		if depth > 0 {
			table := rapid.MapOf(rapid.String(), value(depth-1)).AsAny()
			kinds = append(kinds, rapid.SliceOf(value(0)).AsAny(), rapid.SliceOf(table).AsAny(), table) // the decoder loses what stands beside a table in a list
		}
		return rapid.OneOf(kinds...)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := value(2).Draw(t, "value")
		text := "x = " + Inline(v)
		var tree map[string]any
		if _, err := toml.Decode(text, &tree); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again := Inline(tree["x"]); again != Inline(v) {
			t.Fatalf("%s is read as %s", text, again)
		}
	})
}

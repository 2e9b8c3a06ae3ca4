package reports

import (
	"bytes"
	"fmt"
	"testing"

	"quotawall/reports/internal/sample"
)

func TestLookRun(t *testing.T) {
	for _, w := range []int{100, 72, 40} {
		var b bytes.Buffer
		if err := WriteText(&b, w, false, RunTables(sample.Run())...); err != nil {
			t.Fatal(err)
		}
		fmt.Println(b.String())
	}
}

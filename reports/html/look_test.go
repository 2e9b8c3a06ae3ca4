package html

import (
	"os"
	"testing"

	"quotawall/reports/internal/sample"
)

func TestLook(t *testing.T) {
	f, err := os.Create("/tmp/gal/report.html")
	if err != nil {
		t.Fatal(err)
	}
	r := Report{Title: "brain: a power user on Opus", Command: "quotawall report brain -o report.html", Version: "0.1", Run: sample.Run()}
	if err := WriteHTML(f, r); err != nil {
		t.Fatal(err)
	}
	f.Close()
	m, _ := os.Create("/tmp/gal/report.md")
	if err := WriteMarkdown(m, r); err != nil {
		t.Fatal(err)
	}
}

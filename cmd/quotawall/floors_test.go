package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// floorOf is the floor of a package (DESIGN 6) and the subtree it belongs to:
// it may import packages of lower floors and of its own subtree.
func floorOf(path string) (floor int, tree string, ok bool) {
	for _, f := range []struct {
		prefix string
		floor  int
	}{
		{"cmd", 5},
		{"scenarios/study", 4}, {"reports", 4},
		{"scenarios", 3},
		{"sim/unit", 0}, {"sim/nearest", 0}, {"sim/tomltext", 0}, {"sim/quota", 1}, {"sim/cache", 1}, {"sim/trace", 1}, {"pricing", 1},
		{"sim", 2},
	} {
		if path == f.prefix || strings.HasPrefix(path, f.prefix+"/") {
			return f.floor, f.prefix, true
		}
	}
	return 0, "", false
}

// outside lists what only the top floor may import (facts of style: a pure core).
func outside(path string) bool {
	switch path {
	case "os", "os/exec", "os/signal", "log", "log/slog", "flag", "net", "net/http", "syscall", "github.com/spf13/cobra", "golang.org/x/term":
		return true
	}
	return false
}

func TestImportsGoDownOnly(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "quotawall/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		name := strings.TrimPrefix(p.ImportPath, "quotawall/")
		floor, tree, ok := floorOf(name)
		if !ok {
			t.Errorf("%s stands on no floor", name)
			continue
		}
		for _, i := range p.Imports {
			own, inside := strings.CutPrefix(i, "quotawall/")
			if !inside {
				if outside(i) && floor < 5 {
					t.Errorf("%s imports %s, which only cmd may", name, i)
				}
				continue
			}
			if below, other, _ := floorOf(own); below >= floor && other != tree {
				t.Errorf("%s (floor %d) imports %s (floor %d)", name, floor, own, below)
			}
		}
	}
	if packages < 10 {
		t.Fatalf("only %d packages were looked at", packages)
	}
}

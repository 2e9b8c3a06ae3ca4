package scenarios

import (
	"embed"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"quotawall/sim/nearest"
)

//go:embed presets/*.toml presets/*.csv
var embedded embed.FS

// defaultProgression is the embedded scenario whose steps a scenario without
// steps of its own gets.
const defaultProgression = "brain"

// Presets lists the embedded scenarios.
func Presets() []string {
	entries, err := embedded.ReadDir("presets")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok {
			names = append(names, name)
		}
	}
	return names
}

// PresetText is the text of an embedded scenario.
func PresetText(name string) (string, error) {
	text, err := embedded.ReadFile("presets/" + name + ".toml")
	if err != nil {
		hint := nearest.DidYouMean(name, Presets())
		if hint == "" {
			hint = "embedded scenarios: " + strings.Join(Presets(), ", ")
		}
		return "", fmt.Errorf("no scenario %q\n  %s; a file's name ends in .toml", name, hint)
	}
	return string(text), nil
}

// PresetTrace is a trace that an embedded scenario replays.
func PresetTrace(file string) ([]byte, bool) {
	if !strings.HasSuffix(file, ".csv") {
		return nil, false
	}
	text, err := embedded.ReadFile("presets/" + file)
	return text, err == nil
}

// Preset is an embedded scenario.
func Preset(name string) (*Scenario, error) {
	text, err := PresetText(name)
	if err != nil {
		return nil, err
	}
	return Parse(name+".toml", text)
}

// Replay replaces the scenario's traffic, and the title and the time that were
// made for it, by trace files.
func (s *Scenario) Replay(files []string, format, origin string) error {
	for _, key := range []string{"traffic", "start", "horizon"} {
		delete(s.tree, key)
	}
	given := []Assignment{{Key: "title", Value: replayTitle(files, s.Name)}, {Key: "trace.file", Value: strings.Join(files, ", ")}}
	if format != "" {
		given = append(given, Assignment{Key: "trace.format", Value: format})
	}
	for _, a := range given {
		a.Origin = origin
		if err := s.Set(a); err != nil {
			return err
		}
	}
	return nil
}

// replayTitle says what is replayed, without its folders, and on which scenario.
func replayTitle(files []string, scenario string) string {
	what := path.Base(filepath.ToSlash(files[0]))
	if files[0] == "-" {
		what = "standard input"
	}
	if more := len(files) - 1; more > 0 {
		what += fmt.Sprintf(" and %d more", more)
	}
	return what + ", on " + strings.TrimSuffix(path.Base(filepath.ToSlash(scenario)), ".toml")
}

// Summary is a scenario's title and its first comment, for lists.
func (s *Scenario) Summary() string {
	title, _ := s.tree["title"].(string)
	return title
}

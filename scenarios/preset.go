package scenarios

import (
	"embed"
	"fmt"
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

// Replay replaces the scenario's traffic, and the time it was made for, by a
// trace file.
func (s *Scenario) Replay(file, format, origin string) error {
	for _, key := range []string{"traffic", "start", "horizon"} {
		delete(s.tree, key)
	}
	if err := s.Set(Assignment{Key: "trace.file", Value: file, Origin: origin}); err != nil || format == "" {
		return err
	}
	return s.Set(Assignment{Key: "trace.format", Value: format, Origin: origin})
}

// Summary is a scenario's title and its first comment, for lists.
func (s *Scenario) Summary() string {
	title, _ := s.tree["title"].(string)
	return title
}

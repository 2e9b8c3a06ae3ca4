package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// lookAt is how much of a file is looked at to tell what it is.
const lookAt = 1 << 16

// format is a kind of file that Import reads.
type format struct {
	name, what string
	read       func(io.Reader, Options) (*Result, error)
	// perhaps lists what a file of the format may also look like.
	perhaps []string
}

func formats() []format {
	return []format{
		{"aws", "an AWS price list (bulk JSON, a CSV with a header that begins with SKU, or the answer of GetProducts)", AWS, []string{"a JSON object"}},
		{"litellm", "LiteLLM's price file (a JSON object of models, each with a litellm_provider)", LiteLLM, nil},
		{"service-quotas", `the output of 'aws service-quotas list-service-quotas' (a JSON object with "Quotas")`, ServiceQuotas, nil},
		{"overlay", "an overlay (TOML)", Overlay, []string{"plain text", "CSV"}},
	}
}

// Formats lists what Import reads.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Known is an error, which lists the formats, where there is none of that name.
func Known(name string) error {
	_, err := formatOf(name)
	return err
}

// formatOf finds a format by its name.
func formatOf(name string) (format, error) {
	list := formats()
	if i := slices.IndexFunc(list, func(f format) bool { return f.name == name }); i >= 0 {
		return list[i], nil
	}
	what := fmt.Sprintf("unknown source %q", name)
	if name == "" {
		what = "what is the file? say it with --from"
	}
	for _, f := range list {
		what += fmt.Sprintf("\n  --from %-14s  %s", f.name, f.what)
	}
	return format{}, fmt.Errorf("%s", what)
}

// fits is an error where a file is of another kind than a format's.
func (f format) fits(file string, br *bufio.Reader) error {
	head, _ := br.Peek(lookAt)
	is, what := look(head)
	if is == f.name || is == "" && slices.ContainsFunc(f.perhaps, func(s string) bool { return strings.HasPrefix(what, s) }) {
		return nil
	}
	hint := ""
	if is != "" {
		hint = "\n  import it with --from " + is
	}
	return fmt.Errorf("%s: is not %s: it looks like %s%s", file, f.what, what, hint)
}

// look tells which format the beginning of a file is of, "" where it is none or
// may be several, and what it looks like.
func look(head []byte) (name, what string) {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	first, _, _ := strings.Cut(string(head), "\n")
	switch {
	case len(head) == 0:
		return "", "an empty file"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "", "a gzip file, which has to be unpacked first"
	case head[0] == '{':
		return lookJSON(head)
	case head[0] == '#', regexp.MustCompile(`^(\[\[?[ \t]*[A-Za-z_][A-Za-z0-9_.-]*[ \t]*\]|[A-Za-z0-9_-]+[ \t]*=)`).Match(head):
		return "overlay", "TOML"
	case head[0] == '[':
		return "", "a JSON array"
	case regexp.MustCompile(`(?im)^"?(SKU|FormatVersion)"?,`).Match(head):
		return "aws", "an AWS price list in CSV"
	case strings.Contains(first, ","):
		return "", "CSV"
	}
	return "", "plain text"
}

// lookJSON tells by the keys of an object.
func lookJSON(head []byte) (name, what string) {
	keys := topKeys(head)
	switch {
	case slices.Contains(keys, "Quotas"):
		return "service-quotas", "a list of quotas"
	case slices.ContainsFunc(keys, func(k string) bool {
		return slices.Contains([]string{"formatVersion", "FormatVersion", "offerCode", "products", "PriceList"}, k)
	}):
		return "aws", "an AWS price list"
	case bytes.Contains(head, []byte(`"litellm_provider"`)):
		return "litellm", "LiteLLM's price file"
	case len(keys) == 0:
		return "", "a JSON object that breaks off"
	}
	return "", fmt.Sprintf("a JSON object with the keys %q", keys[:min(len(keys), 3)])
}

// topKeys lists the keys of the outermost object, as far as the text goes.
func topKeys(text []byte) []string {
	var keys []string
	d := json.NewDecoder(bytes.NewReader(text))
	_ = members(d, func(key string) error {
		keys = append(keys, key)
		return pass(d)
	})
	return keys
}

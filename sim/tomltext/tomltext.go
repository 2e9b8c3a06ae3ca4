// Package tomltext writes decoded values as TOML does.
package tomltext

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Text is a value as a command line takes it: a text without quotes, else as
// Inline writes it.
func Text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return Inline(v)
}

// Inline writes a decoded value on one line, as TOML writes it: what it gives
// can be pasted behind "key = ".
func Inline(v any) string {
	switch v := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, inlineKey(k)+" = "+Inline(v[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		return inlineList(v)
	case []map[string]any:
		return inlineList(v)
	case string:
		return Quoted(v)
	case float64:
		return inlineFloat(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}

func inlineList[T any](list []T) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = Inline(x)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// inlineFloat keeps a point or an exponent, so that it is read back as a float.
func inlineFloat(f float64) string {
	text := strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64))
	if !strings.ContainsAny(text, ".eni") {
		text += ".0"
	}
	return text
}

// inlineKey quotes a key that TOML does not take bare.
func inlineKey(k string) string {
	bare := k != "" && strings.IndexFunc(k, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}) < 0
	if bare {
		return k
	}
	return Quoted(k)
}

// Quoted is a text as a TOML basic string.
func Quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r >= 0x7f && r < 0xa0:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// splitKey splits a dotted key; parts may be quoted as in TOML:
// trace.models."gpt-4.1".
func splitKey(key string) ([]string, error) {
	var parts []string
	for rest := key; ; {
		part, after, err := firstPart(rest)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", key, err)
		}
		if part == "" {
			return nil, fmt.Errorf("key %q has an empty part", key)
		}
		parts = append(parts, part)
		if after == "" {
			return parts, nil
		}
		rest = after[1:]
	}
}

// firstPart takes the first part off a key; what is after it is empty or begins
// with a dot.
func firstPart(key string) (part, after string, err error) {
	if !strings.HasPrefix(key, `"`) {
		end := strings.IndexByte(key, '.')
		if end < 0 {
			end = len(key)
		}
		return key[:end], key[end:], nil
	}
	end := quoteEnd(key)
	if end < 0 {
		return "", "", fmt.Errorf("a quote is not closed")
	}
	if part, err = strconv.Unquote(key[:end]); err != nil {
		return "", "", fmt.Errorf(`%s is no quoted text: write \" for a quote, \\ for a backslash, \n for a line's end`, key[:end])
	}
	if key[end:] != "" && key[end] != '.' {
		return "", "", fmt.Errorf("text after a quoted part")
	}
	return part, key[end:], nil
}

// quoteEnd is where the quoted text that s begins with ends, -1 where it does not.
func quoteEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// cutAssignment splits "key=value" at the first equals sign outside quotes.
func cutAssignment(s string) (key, value string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '=':
			return s[:i], s[i+1:], true
		case s[i] == '"' && (i == 0 || s[i-1] == '.'):
			end := quoteEnd(s[i:])
			if end < 0 {
				return strings.Cut(s, "=")
			}
			i += end - 1
		}
	}
	return s, "", false
}

// SetFlag is the --set that gives the key of these parts a value, quoted for a
// POSIX shell.
func SetFlag(value string, parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = quotedPart(p)
	}
	return "--set '" + strings.ReplaceAll(strings.Join(quoted, ".")+"="+value, "'", `'\''`) + "'"
}

// quotedPart is a part of a key as TOML writes it. A byte that is no UTF-8,
// which TOML cannot say, is \x and two digits, which --set reads.
func quotedPart(part string) string {
	if !strings.ContainsFunc(part, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}) && part != "" {
		return part
	}
	b := []byte{'"'}
	for i, r := range part {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == utf8.RuneError && part[i] != "\uFFFD"[0]:
			b = fmt.Appendf(b, `\x%02x`, part[i])
		case strconv.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			b = fmt.Appendf(b, `\U%08x`, r)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return string(append(b, '"'))
}

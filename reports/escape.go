package reports

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// Visible makes control characters, text-direction overrides and broken UTF-8
// readable as escapes, so that no text can steer a terminal or a page.
func Visible(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, control) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case control(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case control(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// control tells whether a rune steers output: C0, C1, line and paragraph
// separators, direction overrides and marks, the byte-order mark.
func control(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x2069 || r == 0xfeff
}

// markdownText escapes a text for a Markdown table cell.
func markdownText(s string) string {
	var b strings.Builder
	for _, r := range Visible(s) {
		switch r {
		case '\\', '|', '`', '*', '_', '[', ']', '~', '#', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// htmlText escapes a text for HTML content and quoted attributes.
func htmlText(s string) string { return html.EscapeString(Visible(s)) }

// csvText guards a text that a spreadsheet would take for a formula.
func csvText(s string) string {
	s = Visible(s)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// jsonText is a JSON string without any raw control character.
func jsonText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case control(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// EscapeMarkdown escapes a text that stands at the start of a line of
// Markdown, where "+ ", "- ", "=" and "1. " would mark lists and headings.
func EscapeMarkdown(s string) string {
	s = markdownText(s)
	at := len(s) - len(strings.TrimLeft(s, " "))
	if digits := len(s[at:]) - len(strings.TrimLeft(s[at:], "0123456789")); digits > 0 {
		at += digits
		if at == len(s) || s[at] != '.' && s[at] != ')' {
			return s
		}
	} else if at == len(s) || !strings.ContainsRune("+-=", rune(s[at])) {
		return s
	}
	return s[:at] + `\` + s[at:]
}

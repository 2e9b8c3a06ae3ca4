package html

import (
	"bytes"
	"fmt"
	"io"

	"quotawall/reports"
)

// WriteMarkdown writes the same content for a repository or a pull request.
func WriteMarkdown(w io.Writer, r Report) error {
	sections, err := r.sections()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n\n## Verdict\n\n", reports.EscapeMarkdown(r.title()), reports.EscapeMarkdown(r.question()))
	for _, s := range reports.Verdict(r.Run) {
		fmt.Fprintf(&b, "%s\n", reports.EscapeMarkdown(s))
	}
	for _, s := range sections {
		if err := r.markdownSection(&b, s); err != nil {
			return err
		}
	}
	b.WriteString("\n## How to reproduce\n\n")
	for _, f := range r.facts() {
		fmt.Fprintf(&b, "- %s: `%s`\n", f.Name, codeText(f.Value))
	}
	_, err = w.Write(b.Bytes())
	return err
}

func (r Report) markdownSection(b *bytes.Buffer, s Section) error {
	fmt.Fprintf(b, "\n## %s\n\n", reports.EscapeMarkdown(s.Title))
	for _, t := range s.Text {
		fmt.Fprintf(b, "%s\n\n", reports.EscapeMarkdown(t))
	}
	for i, t := range s.Tables {
		if i > 0 {
			b.WriteByte('\n')
		}
		if err := reports.WriteMarkdown(b, t); err != nil {
			return err
		}
	}
	if len(s.Tables) > 0 && len(s.Charts) > 0 {
		b.WriteByte('\n')
	}
	for _, c := range s.Charts {
		alt := reports.EscapeMarkdown(c.Alt)
		if r.ChartDir == "" {
			fmt.Fprintf(b, "- %s: %s\n", reports.EscapeMarkdown(c.Title), alt)
		} else {
			fmt.Fprintf(b, "![%s](%s/%s.svg)\n\n", alt, r.ChartDir, c.Name)
		}
	}
	return nil
}

// codeText keeps a value inside a code span.
func codeText(s string) string {
	return string(bytes.ReplaceAll([]byte(s), []byte("`"), []byte("'")))
}

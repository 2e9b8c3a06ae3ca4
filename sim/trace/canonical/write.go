package canonical

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// Write writes all rows of r in the canonical form and returns how many. All
// columns are written, so that rows can stream.
func Write(w io.Writer, r trace.Reader) (rows int64, err error) {
	info := r.Info()
	out := bufio.NewWriterSize(w, 64<<10)
	out.WriteString(FirstLine(info))
	out.WriteString(strings.Join(Columns(), ",") + "\n")
	block := make([]trace.Request, 1024)
	var row []byte
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return rows, out.Flush()
		}
		if err != nil {
			return rows, err
		}
		for i := range block[:n] {
			row = appendRow(row[:0], &block[i], info.Names)
			if _, err := out.Write(row); err != nil {
				return rows, err
			}
		}
		rows += int64(n)
	}
}

// FirstLine is the comment that describes the trace; empty where there is
// nothing to say.
func FirstLine(info *trace.Info) string {
	var words []string
	if info.Dated {
		words = append(words, "start="+info.Start.UTC().Format(time.RFC3339Nano))
	}
	if info.BlockScope != trace.NoBlocks {
		words = append(words, fmt.Sprintf("block_tokens=%d block_scope=%s", info.BlockTokens, info.BlockScope))
	}
	if info.Dialogues {
		words = append(words, "dialogues=yes")
	}
	if info.MaxTokens > 0 {
		words = append(words, fmt.Sprintf("max_tokens=%d", info.MaxTokens))
	}
	if len(words) == 0 {
		return ""
	}
	return "# " + strings.Join(words, " ") + "\n"
}

// appendRow appends one row in the order of Columns.
func appendRow(out []byte, r *trace.Request, names *trace.Names) []byte {
	out = strconv.AppendInt(out, int64(r.At), 10)
	out = append(out, ',')
	out = strconv.AppendInt(out, r.Input, 10)
	out = append(out, ',')
	out = strconv.AppendInt(out, r.Output, 10)
	out = appendText(append(out, ','), names.Models.Text(r.Model))
	out = append(out, ',')
	switch {
	case r.Max == trace.MaxUnset:
		out = append(out, "unset"...)
	case r.Max >= 0:
		out = strconv.AppendInt(out, r.Max, 10)
	}
	out = appendText(append(out, ','), string(r.SessionID))
	out = appendText(append(out, ','), names.Users.Text(r.User))
	out = appendText(append(out, ','), names.Classes.Text(r.Class))
	for _, v := range [...]int64{r.CacheRead, r.CacheWrite, r.Shared} {
		out = appendKnown(append(out, ','), v)
	}
	out = append(out, ',')
	for i, id := range r.Blocks {
		if i > 0 {
			out = append(out, ' ')
		}
		out = strconv.AppendUint(out, id, 10)
	}
	out = appendKnown(append(out, ','), int64(r.Duration))
	out = appendText(append(out, ','), names.Accounts.Text(r.Account))
	out = append(out, ',')
	if r.Status != 0 {
		out = strconv.AppendInt(out, int64(r.Status), 10)
	}
	return append(out, '\n')
}

func appendKnown(out []byte, v int64) []byte {
	if v == trace.Unknown {
		return out
	}
	return strconv.AppendInt(out, v, 10)
}

func appendText(out []byte, text string) []byte {
	if text == "" {
		return out
	}
	if guarded([]byte(text)) {
		text = "'" + text
	}
	return scan.AppendCell(out, []byte(text))
}

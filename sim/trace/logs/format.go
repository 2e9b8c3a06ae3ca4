package logs

import (
	"io"

	"quotawall/sim/trace"
)

// Format is a kind of log.
type Format struct {
	Name string
	// Sniff tells by a file's name and its first bytes whether it is in this format.
	Sniff func(name string, head []byte) bool
	// Open reads one file. The reader is a trace.Summarizer too.
	Open func(name string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error)
	// OpenAll reads many files as one trace in order of time: calls that stand
	// in more than one are kept once. open(i) opens the file names[i]; one file
	// is open at a time, and all are read before it returns. nil where a format
	// is streamed file by file.
	OpenAll func(names []string, open func(i int) (io.ReadCloser, error), opt trace.ReadOptions) (trace.Reader, error)
}

// Formats lists the formats in the order in which they should be tried: those
// that are told apart with certainty first.
func Formats() []Format {
	out := []Format{
		gathering("claude-code", sniffClaude, newClaude),
		gathering("otel", sniffSpans, newSpans),
		gathering("bedrock", sniffBedrock, newBedrock),
		gathering("cloudwatch", sniffMetrics, newMetrics),
		gathering("tracelab", sniffTraceLab, newTraceLab),
		streaming("bailian", sniffBailian, newBailian),
	}
	for _, l := range layouts() {
		if l.gather {
			out = append(out, gathering(l.format, l.sniff, l.reader))
		} else {
			out = append(out, streaming(l.format, l.sniff, l.reader))
		}
	}
	return out
}

// start prepares the sources of a trace.
type start func(e *env) (maker, error)

// maker makes the source of one file.
type maker interface {
	file(name string, r io.Reader) (source, error)
}

// finisher is a maker with something to do after the last file.
type finisher interface {
	finish(s *store) error
}

// own is a maker whose calls do not come from the store.
type own interface {
	reader(file string) (trace.Reader, error)
}

// namer is a maker that leaves files out by their names.
type namer interface {
	skip(name string) bool
}

func gathering(name string, sniff func(string, []byte) bool, begin start) Format {
	return Format{
		Name: name, Sniff: sniff,
		Open: func(file string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error) {
			return gather(newEnv(name, opt), begin, []string{file}, func(int) (io.ReadCloser, error) { return io.NopCloser(r), nil })
		},
		OpenAll: func(names []string, open func(int) (io.ReadCloser, error), opt trace.ReadOptions) (trace.Reader, error) {
			return gather(newEnv(name, opt), begin, names, open)
		},
	}
}

func streaming(name string, sniff func(string, []byte) bool, begin start) Format {
	return Format{
		Name: name, Sniff: sniff,
		Open: func(file string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error) {
			return stream(newEnv(name, opt), begin, file, r)
		},
	}
}

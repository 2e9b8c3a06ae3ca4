package scan

import (
	"bytes"
	"math/bits"
)

// Field is one field of a row.
type Field struct {
	Text []byte // without quotes
	At   int    // offset of the field's first byte, or of its opening quote
}

// Faults of rows.
const (
	OpenQuote Fault = "a quote is not closed"
	StrayText Fault = "there is text after a closing quote"
	StrayMark Fault = "there is a quote inside a field that does not begin with one"
)

// Row splits off the row at the front of data, which ends with a newline, into
// fields. It appends to fields, and unquotes into scratch where it must. used
// is the row's length with its end of line. On a fault, at says where; with
// OpenQuote more data may still close it.
func Row(data []byte, comma byte, fields []Field, scratch []byte) (row []Field, space []byte, used int, fault Fault, at int) {
	n, p, all := bareFields(data, comma, fields[len(fields):cap(fields)])
	if fields = fields[:len(fields)+n]; all {
		return fields, scratch, p, Fine, 0
	}
	for {
		begin := p
		var text []byte
		if data[p] == '"' {
			text, scratch, p, fault = quoted(data, p, scratch)
			if fault != Fine {
				return fields, scratch, p, fault, begin
			}
		} else {
			p = bareEnd(data, p, comma)
			if data[p] == '"' {
				return fields, scratch, begin, StrayMark, p
			}
			text = data[begin:p]
			if n := len(text); data[p] == '\n' && n > 0 && text[n-1] == '\r' {
				text = text[:n-1]
			}
		}
		fields = append(fields, Field{Text: text, At: begin})
		switch {
		case data[p] == comma:
			p++
		case data[p] == '\n':
			return fields, scratch, p + 1, Fine, 0
		case data[p] == '\r' && data[p+1] == '\n':
			return fields, scratch, p + 2, Fine, 0
		default:
			return fields, scratch, p, StrayText, p
		}
	}
}

// bareFields is Row for the fields before the first quote, as many as there is
// room for. It returns how many it took, where they end and whether they are all.
func bareFields(data []byte, comma byte, fields []Field) (n, end int, all bool) {
	commas := uint64(comma) * ones
	for from := 0; from+8 <= len(data); from += 8 {
		w := uint64(WordAt(data, from))
		for found := zeroBytes(w^commas) | zeroBytes(w^newlines) | zeroBytes(w^quotes); found != 0; found &= found - 1 {
			at := from + bits.TrailingZeros64(found)/8
			mark := data[at]
			if n == len(fields) || mark == '"' {
				return n, end, false
			}
			text := data[end:at]
			if mark == '\n' && len(text) > 0 && text[len(text)-1] == '\r' {
				text = text[:len(text)-1]
			}
			fields[n] = Field{Text: text, At: end}
			n, end = n+1, at+1
			if mark != comma {
				return n, end, true
			}
		}
	}
	return n, end, false
}

// bareEnd is where the field that is not quoted at data[p:] ends, or a quote in it
// stands.
func bareEnd(data []byte, p int, comma byte) int {
	commas := uint64(comma) * ones
	for ; p+8 <= len(data); p += 8 {
		w := uint64(WordAt(data, p))
		if found := zeroByte(w^commas) | zeroByte(w^newlines) | zeroByte(w^quotes); found != 0 {
			return p + bits.TrailingZeros64(found)/8
		}
	}
	for ; p < len(data); p++ {
		if c := data[p]; c == comma || c == '\n' || c == '"' {
			break
		}
	}
	return p
}

// quoted reads the quoted field at data[p:] and returns where it ends.
func quoted(data []byte, p int, scratch []byte) (text, space []byte, end int, fault Fault) {
	p++
	begin := len(scratch)
	first := p
	for {
		i := bytes.IndexByte(data[p:], '"')
		if i < 0 {
			return nil, scratch, len(data), OpenQuote
		}
		p += i
		if p+1 >= len(data) || data[p+1] != '"' {
			break
		}
		scratch = append(scratch, data[first:p+1]...)
		p += 2
		first = p
	}
	if p+1 >= len(data) {
		return nil, scratch, len(data), OpenQuote
	}
	if len(scratch) == begin {
		return data[first:p], scratch, p + 1, Fine
	}
	scratch = append(scratch, data[first:p]...)
	return scratch[begin:], scratch, p + 1, Fine
}

// LineEnd is how many bytes of data the line at its front takes, newline
// included: where reading goes on after a row with a fault.
func LineEnd(data []byte) int { return bytes.IndexByte(data, '\n') + 1 }

// AppendCell appends text as a CSV field, in quotes where it needs them.
func AppendCell(out, text []byte) []byte {
	if !bytes.ContainsAny(text, ",\"\n\r") && (len(text) == 0 || text[0] != ' ' && text[len(text)-1] != ' ') {
		return append(out, text...)
	}
	out = append(out, '"')
	for _, c := range text {
		if c == '"' {
			out = append(out, '"')
		}
		out = append(out, c)
	}
	return append(out, '"')
}

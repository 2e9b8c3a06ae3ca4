package scan

import (
	"bytes"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Text reads a string; valid as long as the data, or until Reset where it holds
// escapes. null is the empty string.
func (j *JSON) Text() []byte {
	if j.Peek() != '"' {
		if j.Null() {
			return nil
		}
		j.Fail(j.orEnd(WantText), j.p)
		return nil
	}
	begin := j.p
	raw, escaped := j.rawText()
	if !escaped {
		return raw
	}
	space, ok := unescape(j.scratch, raw)
	if !ok {
		j.Fail(NotJSON, begin)
	}
	text := space[len(j.scratch):]
	j.scratch = space
	return text
}

// shortTexts is how many bytes of a text are looked at in words: beyond that
// another way is faster.
const shortTexts = 64

// plainText is where the text at data[p:] ends with a quote, or -1 where it has
// escapes, or is long.
func plainText(data []byte, p int) int {
	for most := min(p+shortTexts, len(data)-8); p <= most; p += 8 {
		w := uint64(WordAt(data, p))
		if found := zeroByte(w^quotes) | zeroByte(w^backs); found != 0 {
			p += bits.TrailingZeros64(found) / 8
			if data[p] != '"' {
				return -1
			}
			return p
		}
	}
	return -1
}

// rawText steps over a string and returns what is between its quotes.
func (j *JSON) rawText() (raw []byte, escaped bool) {
	j.p++
	begin := j.p
	if end := plainText(j.data, begin); end >= 0 {
		j.p = end + 1
		return j.data[begin:end], false
	}
	for {
		i := bytes.IndexByte(j.data[j.p:], '"')
		if i < 0 {
			j.Fail(CutShort, len(j.data))
			return nil, false
		}
		end := j.p + i
		back := end
		for back > begin && j.data[back-1] == '\\' {
			back--
		}
		j.p = end + 1
		if (end-back)&1 == 0 {
			raw = j.data[begin:end]
			return raw, bytes.IndexByte(raw, '\\') >= 0
		}
	}
}

// unescape appends raw with its escapes resolved.
func unescape(out, raw []byte) ([]byte, bool) {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if raw[i] == 'u' {
			r, used := escapedRune(raw[i:])
			if used == 0 {
				return out, false
			}
			out = utf8.AppendRune(out, r)
			i += used - 1
			continue
		}
		k := bytes.IndexByte([]byte(`"\/bfnrt`), raw[i])
		if k < 0 {
			return out, false
		}
		out = append(out, "\"\\/\b\f\n\r\t"[k])
	}
	return out, true
}

// escapedRune reads "uXXXX", or two of them that are a surrogate pair.
func escapedRune(t []byte) (r rune, used int) {
	high, ok := hex4(t[1:])
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(high) && len(t) >= 11 && t[5] == '\\' && t[6] == 'u' {
		if low, ok := hex4(t[7:]); ok {
			if pair := utf16.DecodeRune(high, low); pair != utf8.RuneError {
				return pair, 11
			}
		}
	}
	return high, 5
}

func hex4(t []byte) (rune, bool) {
	if len(t) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range t[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

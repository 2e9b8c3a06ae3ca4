package scan

// Skip steps over the next value.
func (j *JSON) Skip() {
	switch c := j.Peek(); c {
	case 0:
		j.Fail(CutShort, j.p)
	case '"':
		j.rawText()
	case '{', '[':
		j.skipNested()
	case ',', ':', '}', ']':
		j.Fail(NotJSON, j.p)
	default:
		j.skipWord()
	}
}

func (j *JSON) skipWord() {
	begin := j.p
	for j.p < len(j.data) {
		switch c := j.data[j.p]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '.', c == '-', c == '+':
			j.p++
			continue
		}
		break
	}
	if j.p == begin {
		j.Fail(NotJSON, begin)
	}
}

func (j *JSON) skipNested() {
	depth := 0
	for j.p < len(j.data) {
		switch j.data[j.p] {
		case '"':
			j.rawText()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		j.p++
		if depth == 0 {
			return
		}
	}
	j.Fail(CutShort, len(j.data))
}

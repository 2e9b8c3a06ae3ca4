package scan

import "math"

// Number reads a number, or a string that holds one, as its text. null is
// empty.
func (j *JSON) Number() []byte {
	c := j.Peek()
	switch {
	case c == '"':
		return j.Text()
	case c == 'n' && j.Null():
		return nil
	case c == '-' || c >= '0' && c <= '9':
		begin := j.p
		for j.p < len(j.data) && numeric(j.data[j.p]) {
			j.p++
		}
		return j.data[begin:j.p]
	}
	j.Fail(j.orEnd(NotANumber), j.p)
	return nil
}

func numeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}

// Count reads a whole number from 0 to most, or none at all (null or an empty
// string), which is missing.
func (j *JSON) Count(most, missing int64) int64 {
	at := j.Here()
	text := j.Number()
	if len(text) == 0 {
		return missing
	}
	value, fault := Whole(text, most)
	if fault != Fine {
		j.Fail(fault, at)
		return missing
	}
	return value
}

// AboveID is the fault of a block id that is larger than any.
const AboveID = TooLarge + " (at most 18446744073709551615)"

// IDs appends an array's block ids: whole numbers as they are, strings by
// their FNV-1a 64 hash. null is no ids.
func (j *JSON) IDs(ids []uint64, hash func([]byte) uint64) []uint64 {
	if j.Peek() == 'n' && j.Null() || !j.Open('[') {
		return ids
	}
	return j.moreIDs(ids, hash)
}

// moreIDs reads the rest of an array of ids, after its bracket or a comma.
func (j *JSON) moreIDs(ids []uint64, hash func([]byte) uint64) []uint64 {
	for {
		p := j.p
		var id uint64
		for p < len(j.data) && j.data[p]-'0' <= 9 {
			d := uint64(j.data[p] - '0')
			if id > (math.MaxUint64-d)/10 {
				j.Fail(AboveID, j.p)
				return ids
			}
			id = id*10 + d
			p++
		}
		if p > j.p && p+1 < len(j.data) && j.data[p] == ',' {
			ids = append(ids, id)
			j.begun = true
			j.p = p + 1
			if j.data[j.p] == ' ' {
				j.p++
			}
			continue
		}
		return j.idsSlowly(ids, hash)
	}
}

// idsSlowly goes on where the quick loop met something else than "digits,".
func (j *JSON) idsSlowly(ids []uint64, hash func([]byte) uint64) []uint64 {
	after := j.begun
	j.begun = false
	for first := true; ; first = false {
		if first && after && j.Peek() == ']' {
			j.Fail(NotJSON, j.p)
		}
		if !j.Elem() {
			return ids
		}
		if j.Peek() == '"' {
			ids = append(ids, hash(j.Text()))
			continue
		}
		ids = append(ids, j.id())
	}
}

func (j *JSON) id() uint64 {
	at := j.Here()
	text := j.Number()
	var id uint64
	for _, c := range text {
		if c < '0' || c > '9' {
			j.Fail(NotANumber, at)
			return 0
		}
		d := uint64(c - '0')
		if id > (math.MaxUint64-d)/10 {
			j.Fail(AboveID, at)
			return 0
		}
		id = id*10 + d
	}
	if len(text) == 0 {
		j.Fail(NotANumber, at)
	}
	return id
}

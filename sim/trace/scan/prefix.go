package scan

import "bytes"

// Continues reports whether an array stands next that begins with known, the
// text of an earlier array without its closing bracket, and is that array or
// goes on after it.
func (j *JSON) Continues(known []byte) bool {
	begin := j.Here()
	if len(known) < 2 || !bytes.HasPrefix(j.data[begin:], known) {
		return false
	}
	end := begin + len(known)
	return end < len(j.data) && (j.data[end] == ']' || j.data[end] == ',')
}

// IDsAfter appends the ids of an array that Continues known, without those of
// known.
func (j *JSON) IDsAfter(known []byte, ids []uint64, hash func([]byte) uint64) []uint64 {
	end := j.Here() + len(known)
	j.p, j.begun = end+1, true
	if j.data[end] == ']' {
		return ids
	}
	j.space()
	return j.moreIDs(ids, hash)
}

// Inner is the text from an array's opening bracket, at offset begin, to
// before its closing one, where reading stands now.
func (j *JSON) Inner(begin int) []byte {
	if j.fault != Fine || j.p <= begin || j.data[j.p-1] != ']' {
		return nil
	}
	return bytes.TrimRight(j.data[begin:j.p-1], " \t\r\n")
}

// Package nearest finds, among known names, the one that a misspelt name was
// meant to be.
package nearest

// Name is the known name most like a given one by edit distance, or "" where
// none is near enough to be meant.
func Name(name string, known []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := editDistance(name, k, distance); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// DidYouMean is a hint naming the nearest known name, or "".
func DidYouMean(name string, known []string) string {
	if near := Name(name, known); near != "" {
		return `did you mean "` + near + `"?`
	}
	return ""
}

// editDistance counts insertions, deletions and replacements, up to limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

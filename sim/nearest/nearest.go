// Package nearest finds, among known names, the one that a misspelt name was
// meant to be.
package nearest

// Name is the known name most like a given one by edit distance, or "" where
// none is near enough to be meant.
func Name(name string, known []string) string {
	best, distance := "", max(1, (len(name)+1)/3)+1
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

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours, up to limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	above, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := row[j]
			if a[i] != b[j] {
				cost++
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				cost = min(cost, above[j-1]+1)
			}
			next[j+1] = min(cost, next[j]+1, row[j+1]+1)
		}
		above, row, next = row, next, above
	}
	return row[len(b)]
}

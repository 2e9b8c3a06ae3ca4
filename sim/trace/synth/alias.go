package synth

import "math/rand/v2"

// alias draws an index in proportion to its weight in constant time (Walker
// 1977 in Vose's form, IEEE Trans. Software Eng. 17(9), 1991).
type alias struct {
	keep  []float64
	other []int32
}

// newAlias builds the table for weights of at least 0 that do not sum to 0.
func newAlias(weights []float64) *alias {
	n := len(weights)
	total := 0.0
	for _, w := range weights {
		total += w
	}
	a := &alias{keep: make([]float64, n), other: make([]int32, n)}
	var small, large []int32
	for i, w := range weights {
		a.keep[i], a.other[i] = w/total*float64(n), int32(i)
		if a.keep[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		a.other[s] = l
		if a.keep[l] -= 1 - a.keep[s]; a.keep[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		if weights[i] > 0 {
			a.keep[i] = 1
		}
	}
	return a
}

func (a *alias) draw(r *rand.Rand) int {
	i := r.IntN(len(a.keep))
	if r.Float64() < a.keep[i] {
		return i
	}
	return int(a.other[i])
}

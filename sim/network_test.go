package sim

import (
	"slices"
	"testing"
)

// A network that puts every list of zeros and ones in order does so with every
// list (the zero-one principle).
func TestSortingNetworks(t *testing.T) {
	for bits := range 1 << 8 {
		var k [8]uint64
		for i := range k {
			k[i] = uint64(bits >> i & 1)
		}
		four := [4]uint64(k[:4])
		want, wantFour := slices.Sorted(slices.Values(k[:])), slices.Sorted(slices.Values(four[:]))
		sortEight(&k)
		sortFour(&four)
		if !slices.Equal(k[:], want) || !slices.Equal(four[:], wantFour) {
			t.Errorf("%08b: got %v and %v, want %v and %v", bits, k, four, want, wantFour)
		}
	}
}

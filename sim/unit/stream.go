package unit

import "math/rand/v2"

// Stream is the random stream of one purpose: PCG seeded by the run's seed and
// the FNV-1a hash of the purpose's name. One stream per purpose keeps a new
// draw in one place from shifting the draws of another.
func Stream(seed uint64, name string) *rand.Rand {
	return rand.New(rand.NewPCG(seed, HashString(name)))
}

// Parameters of the 64-bit FNV-1a hash, http://www.isthe.com/chongo/tech/comp/fnv/.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// HashSeed is the hash of no bytes, for hashing byte by byte.
const HashSeed uint64 = fnvOffset

// HashByte continues the hash h with the byte c.
func HashByte(h uint64, c byte) uint64 { return (h ^ uint64(c)) * fnvPrime }

// HashString is the 64-bit FNV-1a hash of s.
func HashString(s string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}

// Hash is the 64-bit FNV-1a hash of b.
func Hash(b []byte) uint64 {
	h := uint64(fnvOffset)
	for _, c := range b {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h
}

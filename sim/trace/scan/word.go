package scan

import (
	"encoding/binary"
	"math/bits"
)

// Word is eight bytes of a text, the first in the lowest.
type Word uint64

const (
	lows     = 0x7f7f7f7f7f7f7f7f
	dashes   = 0x5353535353535353 // brings bytes from '-' on to 0x80 and above
	ones     = 0x0101010101010101
	quotes   = ones * '"'
	backs    = ones * '\\'
	newlines = ones * '\n'
)

// zeroBytes has the high bit of each byte of a word that is 0.
func zeroBytes(w uint64) uint64 { return ^((w&lows + lows) | w | lows) }

// zeroByte has the high bit of the first byte of a word that is 0 and, of those
// after it, of others too.
func zeroByte(w uint64) uint64 { return (w - ones) &^ w & highs }

// WordAt is the word at data[p:], which must be within the capacity of data.
func WordAt(data []byte, p int) Word { return Word(binary.LittleEndian.Uint64(data[p : p+8])) }

// Digits is how many digits stand at the word's front.
func (w Word) Digits() uint {
	t := uint64(w) ^ zeros
	return uint(bits.TrailingZeros64(((t+sevens)|t)&highs)) / 8
}

// Letters is how many bytes from '-' on in ASCII stand at the word's front:
// digits and letters, but no comma, line end, blank or quote.
func (w Word) Letters() uint {
	return uint(bits.TrailingZeros64(^(uint64(w)&lows+dashes|uint64(w))&highs)) / 8
}

// First is the word's first n bytes, one to eight, in the highest places above
// zeros.
func (w Word) First(n uint) Word { return w << ((64 - 8*n) & 63) }

// Value is the number that the word's first n bytes, one to eight, make: they
// are digits.
func (w Word) Value(n uint) int64 { return int64(eight(uint64((w ^ zeros).First(n)))) }

package scan

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// A word says what reading its bytes one by one says.
func TestWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.SliceOfN(rapid.SampledFrom([]byte("0123456789")), 8, 8),
			rapid.SliceOfN(rapid.SampledFrom([]byte("0099./:-,ax\n\"\x00\x7f\x80\xff")), 8, 8),
			rapid.SliceOfN(rapid.Byte(), 8, 8),
		).Draw(t, "text")
		w := WordAt(text, 0)
		digits, letters := uint(0), uint(0)
		for digits < 8 && text[digits] >= '0' && text[digits] <= '9' {
			digits++
		}
		for letters < 8 && text[letters] >= '-' {
			letters++
		}
		if w.Digits() != digits || w.Letters() != letters {
			t.Fatalf("%q: %d digits, %d letters; want %d, %d", text, w.Digits(), w.Letters(), digits, letters)
		}
		for n := uint(1); n <= digits; n++ {
			if want, _ := strconv.ParseInt(string(text[:n]), 10, 64); w.Value(n) != want {
				t.Fatalf("%q: %d, want %d", text[:n], w.Value(n), want)
			}
		}
		other := append([]byte(nil), text...)
		for i := letters; i < 8; i++ {
			other[i] = 'z'
		}
		if letters > 0 && w.First(letters) != WordAt(other, 0).First(letters) {
			t.Fatalf("%q: what follows the first %d bytes counts", text, letters)
		}
	})
}

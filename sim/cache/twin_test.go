package cache

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// scan is the store's dumb twin: a list of entries by name, searched from its
// front at each question.
type scan struct{ entries []scanned }

type scanned struct {
	name              string
	expires, readable unit.Time
	tokens            int64
}

func (s *scan) live(now unit.Time, name string) *scanned {
	for i := range s.entries {
		if e := &s.entries[i]; e.name == name && now <= e.expires {
			return e
		}
	}
	return nil
}

func (s *scan) readable(now unit.Time, name string) *scanned {
	if e := s.live(now, name); e != nil && now >= e.readable {
		return e
	}
	return nil
}

// use renews a live entry of a name, or starts it anew.
func (s *scan) use(u Use, name string) {
	if e := s.live(u.Now, name); e != nil {
		e.expires = max(e.expires, u.Now+u.TTL)
		return
	}
	s.entries = append(s.entries, scanned{name: name, expires: u.Now + u.TTL, readable: u.Readable})
}

func blockName(domain int32, p Prompt, i int) string {
	return fmt.Sprintf("%d/%d/%d", domain, p.Scope, p.IDs[i])
}

// prefix is the longest readable run of blocks, by trying every length.
func (s *scan) prefix(now unit.Time, domain int32, p Prompt, minimum int64) Split {
	length := func(n int) int64 { return min(int64(n)*p.BlockTokens, p.Input) }
	all := length(len(p.IDs))
	if len(p.IDs) == 0 || all < minimum {
		return Split{}
	}
	best := 0
	for n := 1; n <= len(p.IDs); n++ {
		hit := true
		for i := range n {
			hit = hit && s.readable(now, blockName(domain, p, i)) != nil
		}
		if hit && length(n) >= minimum {
			best = n
		}
	}
	return Split{Read: length(best), Write: all - length(best), Blocks: best}
}

// Prompts of blocks agree with a scan: longest readable prefix, minimum, TTL
// renewed by each use, an entry readable only from the first byte of its
// writer, separate domains and sessions. Small numbers make entries collide in
// every way; the table is rebuilt many times on the way.
//
// Rules: R21 R22.
func TestPrefixAgainstScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var store Store
		var twin scan
		now, minimum := unit.Time(0), rapid.Int64Range(0, 40).Draw(t, "minimum")
		for range rapid.IntRange(1, 80).Draw(t, "calls") {
			now += unit.Time(rapid.Int64Range(0, 30).Draw(t, "gap"))
			domain, p := int32(rapid.IntRange(0, 1).Draw(t, "domain")), drawPrompt(t)
			got, want := store.Prefix(now, domain, p, minimum), twin.prefix(now, domain, p, minimum)
			if got != want {
				t.Fatalf("at %d: got %+v, the scan says %+v", now, got, want)
			}
			if u, admitted := drawUse(t, now); admitted && got.Read+got.Write > 0 {
				store.StorePrefix(u, domain, p, got)
				for i := range p.IDs {
					twin.use(u, blockName(domain, p, i))
				}
			}
		}
	})
}

func drawPrompt(t *rapid.T) Prompt {
	p := Prompt{BlockTokens: 10, Scope: uint64(rapid.IntRange(0, 1).Draw(t, "session"))}
	n := rapid.IntRange(0, 8).Draw(t, "blocks")
	fork := rapid.IntRange(0, 8).Draw(t, "fork")
	for i := range n { // ids name whole prefixes: after the fork nothing is shared
		id := uint64(i + 1)
		if i >= fork {
			id += uint64(fork+1) * 100
		}
		p.IDs = append(p.IDs, id)
	}
	p.Input = int64(10*n) + rapid.Int64Range(-9, 5).Draw(t, "rest")
	p.Input = max(p.Input, 1)
	return p
}

// drawUse is a call that may be admitted: entry readable at once or later.
func drawUse(t *rapid.T, now unit.Time) (Use, bool) {
	ttl := rapid.SampledFrom([]unit.Time{20, 60, 300}).Draw(t, "ttl")
	first := unit.Time(rapid.Int64Range(0, 25).Draw(t, "first byte"))
	return Use{Now: now, Readable: now + first, TTL: ttl}, rapid.IntRange(0, 3).Draw(t, "admitted") > 0
}

// Prompts of which only the session is known agree with a scan.
func TestSessionAgainstScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var store Store
		var twin scan
		now, minimum := unit.Time(0), rapid.Int64Range(0, 40).Draw(t, "minimum")
		for range rapid.IntRange(1, 80).Draw(t, "calls") {
			now += unit.Time(rapid.Int64Range(0, 30).Draw(t, "gap"))
			domain, session := int32(rapid.IntRange(0, 1).Draw(t, "domain")), uint64(rapid.IntRange(0, 2).Draw(t, "session"))
			input, shared := rapid.Int64Range(1, 100).Draw(t, "input"), rapid.Int64Range(-1, 100).Draw(t, "shared")
			name := fmt.Sprint(domain, session)
			want := Split{}
			if input >= minimum {
				want.Write = input
				if e := twin.readable(now, name); e != nil {
					read := min(e.tokens, input)
					if shared >= 0 {
						read = min(read, shared)
					}
					if read >= minimum {
						want = Split{Read: read, Write: input - read}
					}
				}
			}
			got := store.Session(now, domain, session, input, shared, minimum)
			if got != want {
				t.Fatalf("at %d: got %+v, the scan says %+v", now, got, want)
			}
			if u, admitted := drawUse(t, now); admitted && got.Read+got.Write > 0 {
				store.StoreSession(u, domain, session, input)
				twin.entries = slices.DeleteFunc(twin.entries, func(e scanned) bool { return e.name == name })
				twin.entries = append(twin.entries, scanned{name, u.Now + u.TTL, u.Readable, input})
			}
		}
	})
}

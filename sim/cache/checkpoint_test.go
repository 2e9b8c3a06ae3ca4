package cache

import (
	"testing"

	"quotawall/sim/unit"
)

// blocks is a prompt of n blocks of 10 tokens with the ids 1 to n.
func blocks(n int, m Marks) Prompt {
	p := Prompt{BlockTokens: 10, Input: int64(10 * n), Marks: m}
	for i := range n {
		p.IDs = append(p.IDs, uint64(i+1))
	}
	return p
}

// One checkpoint at the end of the prompt: a longer prompt finds it while it
// has grown by no more than the look-back, and writes everything beyond it.
//
// Rules: R23.
func TestLookBack(t *testing.T) {
	m := Marks{Checkpoints: 1, Lookback: 20}
	for grown, read := range map[int]int64{0: 300, 1: 300, 20: 300, 21: 0} {
		var s Store
		first := blocks(30, m)
		split := s.Prefix(0, 0, first, 10)
		s.StorePrefix(Use{Now: 0, TTL: unit.Minute}, 0, first, split)
		second := blocks(30+grown, m)
		got := s.Prefix(1, 0, second, 10)
		if want := second.Input - read; got.Read != read || got.Write != want {
			t.Errorf("grown by %d blocks: got %+v, want %d read and %d written", grown, got, read, want)
		}
	}
}

// Four checkpoints leave four entries and no others, and a shorter prompt finds
// the last of them that is no longer than itself.
//
// Rules: R21 R23.
func TestFourCheckpoints(t *testing.T) {
	m := Marks{Checkpoints: 4, Lookback: 0}
	var s Store
	p := blocks(40, m)
	s.StorePrefix(Use{Now: 0, TTL: unit.Minute}, 0, p, s.Prefix(0, 0, p, 0))
	var held []int
	for i := range p.IDs {
		if s.blocks.live(1, p.key(0, i)) != nil {
			held = append(held, i+1)
		}
	}
	if want := [4]int{10, 20, 30, 40}; len(held) != 4 || [4]int(held) != want {
		t.Errorf("entries after blocks %v, want %v", held, want)
	}
	for n, read := range map[int]int64{40: 400, 20: 200, 18: 0} {
		if got := s.Prefix(1, 0, blocks(n, m), 0); got.Read != read {
			t.Errorf("a prompt of %d blocks reads %d tokens, want %d", n, got.Read, read)
		}
	}
}

// A checkpoint below the model's minimum is not read, and the whole prompt is
// written when the prompt itself reaches it.
//
// Rules: R21.
func TestCheckpointBelowMinimum(t *testing.T) {
	m := Marks{Checkpoints: 2, Lookback: 20}
	var s Store
	p := blocks(4, m)
	s.StorePrefix(Use{Now: 0, TTL: unit.Minute}, 0, p, s.Prefix(0, 0, p, 30))
	if got := s.Prefix(1, 0, blocks(2, m), 30); got != (Split{}) {
		t.Errorf("a prompt below the minimum: got %+v, want nothing cached", got)
	}
	other := blocks(4, m)
	other.IDs[2], other.IDs[3] = 103, 104
	if got := s.Prefix(1, 0, other, 30); got.Read != 0 || got.Write != 40 {
		t.Errorf("only a short prefix shared: got %+v, want 40 written", got)
	}
	if got := s.Prefix(1, 0, other, 20); got.Read != 20 {
		t.Errorf("with a minimum of 20: got %+v, want 20 read", got)
	}
}

// A hit renews the entry it found: read every 50 s, it outlives its minute.
//
// Rules: R21.
func TestHitRenewsCheckpoint(t *testing.T) {
	m := Marks{Checkpoints: 1, Lookback: 5}
	var s Store
	for i := range 5 {
		now := unit.Time(i) * 50 * unit.Second
		p := blocks(10, m)
		got := s.Prefix(now, 0, p, 0)
		if want := i > 0; (got.Read == 100) != want {
			t.Fatalf("at %d s: got %+v", i*50, got)
		}
		s.StorePrefix(Use{Now: now, Readable: now, TTL: unit.Minute}, 0, p, got)
	}
	if got := s.Prefix(200*unit.Second+unit.Minute, 0, blocks(10, m), 0); got.Read != 100 {
		t.Errorf("at the end of its time: got %+v, want a hit: the TTL is inclusive", got)
	}
	if got := s.Prefix(200*unit.Second+unit.Minute+1, 0, blocks(10, m), 0); got.Read != 0 {
		t.Errorf("a microsecond later: got %+v, want a miss", got)
	}
}

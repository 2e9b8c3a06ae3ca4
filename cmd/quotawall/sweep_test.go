package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// child is the real program as a process of its own.
func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{"quotawall"}, args...)
	return cmd
}

// A sweep that is killed at ten random moments and resumed gives the bytes of
// one that was not, and never runs a finished point again.
func TestSweepSurvivesSIGKILL(t *testing.T) {
	folder := t.TempDir()
	args := []string{"sweep", "startup-chat", "--steps", "1,3", "--vary", "users=20..90:20", "--vary", "accounts.count=1,2", "--format", "csv"}
	begun := time.Now()
	want, err := child(t, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)
	points, out := filepath.Join(folder, "points"), filepath.Join(folder, "out.csv")
	args = append(args, "--resume", points, "-o", out)
	r := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for i := range 10 {
		cmd := child(t, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Float64() * float64(whole) / 4))
		for end := time.Now().Add(time.Minute); i == 9 && len(stamps(t, points)) == 0 && time.Now().Before(end); {
			time.Sleep(time.Millisecond) // on a slow machine none of ten moments may be late enough
		}
		if cmd.Process.Kill() == nil && cmd.Wait() != nil {
			killed++
		}
		if got, err := os.ReadFile(out); err == nil && !bytes.Equal(got, want) {
			t.Fatalf("a killed sweep left another answer:\n%s", got)
		}
	}
	kept := stamps(t, points)
	if text, err := child(t, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("resumed %d times, the answer differs:\n%s\nwant:\n%s", killed, got, want)
	}
	for name, at := range stamps(t, points) {
		if before, ok := kept[name]; ok && !before.Equal(at) {
			t.Errorf("point %s was run again", name)
		}
	}
	if killed < 5 || len(kept) == 0 || len(stamps(t, points)) != 40 {
		t.Errorf("%d kills, %d points kept on the way, %d at the end", killed, len(kept), len(stamps(t, points)))
	}
}

// stamps are the finished points and when each was written.
func stamps(t *testing.T, folder string) map[string]time.Time {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]time.Time{}
	for _, n := range names {
		info, err := os.Stat(n)
		if err != nil {
			t.Fatal(err)
		}
		out[n] = info.ModTime()
	}
	return out
}

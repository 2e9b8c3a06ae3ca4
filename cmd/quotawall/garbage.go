package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// Percentages of the garbage collector (GOGC).
const (
	startingGC = 400 // until the first collection, which then comes at 16 MB and not at 4
	steadyGC   = 50  // afterwards: a run makes little garbage, so that collections are cheap, and memory is not
)

// collectLate spares a small command all garbage collection: reading the catalog
// and the inputs makes garbage that is not worth a collection. From the first one
// on, collections come often, or as GOGC says.
func collectLate() {
	usual := debug.SetGCPercent(startingGC)
	switch {
	case usual < 0 || usual > startingGC:
		debug.SetGCPercent(usual)
		return
	case os.Getenv("GOGC") == "":
		usual = steadyGC
	}
	runtime.AddCleanup(&sentinel{}, func(percent int) { debug.SetGCPercent(percent) }, usual)
}

// sentinel is what nobody holds, so that the first collection finds it. It holds
// a pointer, since what does not may share its block with what somebody holds.
type sentinel struct{ _ *byte }

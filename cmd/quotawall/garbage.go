package main

import (
	"runtime"
	"runtime/debug"
)

// startingGC is the garbage collector's percentage until its first collection,
// which then comes at 16 MB and not at 4.
const startingGC = 400

// collectLate spares a small command all garbage collection: reading the catalog
// and the inputs makes garbage that is not worth a collection. From the first one
// on, collections come as they always do.
func collectLate() {
	usual := debug.SetGCPercent(startingGC)
	if usual < 0 || usual > startingGC {
		debug.SetGCPercent(usual)
		return
	}
	runtime.AddCleanup(&sentinel{}, func(percent int) { debug.SetGCPercent(percent) }, usual)
}

// sentinel is what nobody holds, so that the first collection finds it. It holds
// a pointer, since what does not may share its block with what somebody holds.
type sentinel struct{ _ *byte }

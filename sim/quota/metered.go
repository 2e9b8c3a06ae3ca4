package quota

import "quotawall/sim/unit"

// Clock is how long a fixed window is and the simulated time, in (-length, 0],
// at which one began, for a caller that keeps the windows itself.
func (l *Limit) Clock() (length, phase unit.Time) {
	if l.shape != Fixed || l.current {
		panic("quota: the limit has no fixed windows, or refunds to the current one")
	}
	return l.length, l.phase
}

// Show says what such a caller counted: what calls still running have reserved,
// and the largest use there ever was.
func (l *Limit) Show(open, peak int64) { l.open, l.peak = open, peak }

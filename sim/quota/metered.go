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

// Show says what such a caller counted for the present window: its use,
// reservations included; what of it calls still running have reserved; by how
// much that exceeds their final charges; and the largest use there ever was.
// From then on the window is turned by the caller only.
func (l *Limit) Show(used, open, slack, peak int64) {
	l.used, l.open, l.slack, l.peak, l.end = used, open, slack, peak, unit.Never
}

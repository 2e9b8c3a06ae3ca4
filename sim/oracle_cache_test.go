package sim

import (
	"fmt"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// oracleEntry is a cached prefix of the oracle.
type oracleEntry struct {
	readable, expires unit.Time
	tokens            int64
}

func (o *oracle) entry(name string) *oracleEntry {
	if e := o.cache[name]; e != nil && o.now <= e.expires {
		return e
	}
	return nil
}

// blockNames are the cache keys of a prompt's blocks in a domain.
func (o *oracle) blockNames(q *oracleCall, domain int32) []string {
	scope := uint64(0)
	if o.cfg.Cache.BlockScope == trace.SessionScope {
		scope = q.row.Session
	}
	var names []string
	for _, id := range q.row.Blocks {
		names = append(names, fmt.Sprint("block", domain, scope, id))
	}
	return names
}

func (o *oracle) byBlocks(q *oracleCall) bool {
	return o.cfg.Cache.BlockScope != trace.NoBlocks && len(q.row.Blocks) > 0
}

// split is what a call would read and write on a lane now.
func (o *oracle) split(q *oracleCall, lane *Lane, m *Model) (read, write int64) {
	in := q.row.Input
	switch o.cfg.Cache.Mode {
	case CacheRate:
		read = in * o.cfg.Cache.ReadShare.Num / o.cfg.Cache.ReadShare.Den
		return read, min(in-read, in*o.cfg.Cache.WriteShare.Num/o.cfg.Cache.WriteShare.Den)
	case CacheObserved:
		read = min(in, max(0, q.row.CacheRead))
		return read, min(in-read, max(0, q.row.CacheWrite))
	case CachePrefix:
		if o.byBlocks(q) {
			return o.splitBlocks(q, lane, m)
		}
		return o.splitSession(q, lane, m)
	}
	return 0, 0
}

func (o *oracle) splitBlocks(q *oracleCall, lane *Lane, m *Model) (read, write int64) {
	names := o.blockNames(q, lane.Domain)
	cacheable := min(q.row.Input, int64(len(names))*o.cfg.Cache.BlockTokens)
	if cacheable < m.CacheMin {
		return 0, 0
	}
	for i, name := range names {
		e := o.entry(name)
		if e == nil || o.now < e.readable {
			break
		}
		read = min(q.row.Input, int64(i+1)*o.cfg.Cache.BlockTokens)
	}
	if read < m.CacheMin {
		read = 0
	}
	return read, cacheable - read
}

func (o *oracle) splitSession(q *oracleCall, lane *Lane, m *Model) (read, write int64) {
	if q.row.Input < m.CacheMin {
		return 0, 0
	}
	if e := o.entry(fmt.Sprint("session", lane.Domain, q.row.Session)); e != nil && o.now >= e.readable {
		read = min(e.tokens, q.row.Input)
		if q.row.Shared >= 0 {
			read = min(read, q.row.Shared)
		}
		if read < m.CacheMin {
			read = 0
		}
	}
	return read, q.row.Input - read
}

// remember stores an admitted call's prompt.
func (o *oracle) remember(q *oracleCall, lane *Lane, m *Model, duration unit.Time) {
	ttl := o.cfg.Cache.TTL
	if own := o.cfg.Classes[q.class].TTL; own > 0 {
		ttl = own
	}
	readable := o.now
	switch o.cfg.Cache.Readable {
	case FromFirstByte:
		readable += min(m.FirstToken, duration)
	case FromCompletion:
		readable += duration
	}
	if !o.byBlocks(q) {
		o.cache[fmt.Sprint("session", lane.Domain, q.row.Session)] = &oracleEntry{readable, o.now + ttl, q.row.Input}
		return
	}
	for _, name := range o.blockNames(q, lane.Domain) {
		if e := o.entry(name); e != nil {
			e.expires = max(e.expires, o.now+ttl)
		} else {
			o.cache[name] = &oracleEntry{readable: readable, expires: o.now + ttl}
		}
	}
}

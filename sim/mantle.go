package sim

// admitMantle admits by the rules of the bedrock-mantle endpoint (R20; AWS user
// guide quotas-mantle, Sep/Oct 2026): input + max_tokens must fit the input
// limit; a full output limit does not refuse but cuts the answer short.
func (e *Engine) admitMantle(p *pool, o *offer, f *flight) Limit {
	in, out := p.mantle[0], p.mantle[1]
	paid := o.input - o.split.Read
	charge := paid + max(0, o.max)
	in.Roll(e.now)
	if !in.Fits(charge) {
		e.refusedBy([]*gate{in}, []int64{charge}, [4]int64{paid}, 0)
		return InputTokensPerMinute
	}
	if e.shared(o) != NoLimit {
		return Capacity
	}
	if out != nil {
		out.Roll(e.now)
		if room := max(0, out.Headroom()); o.output > room {
			o.output, o.cut = room, true
			e.refused(out, o.final)
		}
		out.Charge(e.now, o.output)
	}
	f.held, f.charge, f.final = ofMantle, charge, paid
	f.tickets[tpm] = in.Take(e.now, charge, paid)
	return NoLimit
}

package sim

// batch is the batch API: calls are collected into jobs of at least
// Records and answered together after the turnaround, at half price, without
// cache and outside the on-demand quota (rule R29; AWS docs, Sep/Oct 2026). A
// cascade's drafts that are not good enough go into the class's next job; an
// answer after the deadline is billed and serves nobody.
type batch struct {
	cfg   *Batch
	lines [][]int32 // kept calls by class
	jobs  [][]int32
}

func newBatch(cfg *Config) *batch {
	return &batch{cfg: cfg.Queue.Batch, lines: make([][]int32, len(cfg.Classes))}
}

// add puts a kept call into its class's next job and submits a full one.
func (b *batch) add(e *Engine, ref int32) {
	class := e.calls.at(ref).class
	b.lines[class] = append(b.lines[class], ref)
	e.queue.result.Batched++
	if int64(len(b.lines[class])) < b.cfg.Records {
		return
	}
	b.jobs = append(b.jobs, b.lines[class])
	b.lines[class] = nil
	e.events.push(e.now+b.cfg.Turnaround, release, int32(len(b.jobs)-1))
}

// done delivers a job's answers.
func (b *batch) done(e *Engine, job int32) {
	for _, ref := range b.jobs[job] {
		c := e.taken(ref)
		if !e.plan(&c) {
			e.unserved(&c, TooLong, e.now)
			continue
		}
		e.batchServed(&c)
	}
	b.jobs[job] = nil
}

// batchServed counts one answer of a job, or sends a draft on to another job.
func (e *Engine) batchServed(c *call) {
	model, account := c.asks(), e.account(c)
	if account == None {
		e.unserved(c, Capacity, e.now)
		return
	}
	m := &e.cfg.Models[model]
	o := offer{lane: e.lane(account, model), model: m, way: batched, input: m.scale(c.model, c.input)}
	_, o.output, o.cut = m.answerTo(c)
	late := e.batchLate(c)
	escalates := c.leg == whole && !late && e.escalates(c, &o)
	if late || escalates {
		second := *c
		c.leg = draft // paid for, and no answer
		e.ledger.serve(e.now, c, &o, 0)
		if escalates {
			second.escalate(&o)
			e.batch.add(e, e.keep(&second))
			return
		}
		e.queue.result.DeadlineMisses++
		e.unserved(&second, Deadline, e.now)
		return
	}
	e.ledger.serve(e.now, c, &o, 0)
	if c.owner != None {
		e.sessionServed(c.owner)
	}
}

// batchLate reports whether an answer comes after its class's deadline.
func (e *Engine) batchLate(c *call) bool {
	d := e.cfg.Classes[c.class].Deadline
	return d > 0 && e.now-c.arrival > d
}

// cut counts the calls of incomplete and running jobs: what never made a full
// job stays queued.
func (b *batch) cut(e *Engine) {
	for _, line := range b.lines {
		for _, ref := range line {
			e.ledger.queuedCall(e.calls.at(ref))
		}
	}
	for _, job := range b.jobs {
		for _, ref := range job {
			e.ledger.inFlightCall(e.calls.at(ref))
		}
	}
}

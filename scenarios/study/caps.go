package study

import (
	"slices"
	"strings"
	"time"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/unit"
)

// caps tells what became of each limit of the quota pools.
func caps(rep *replication, r *sim.Result, c *scenarios.Compiled) []result.Cap {
	var out []result.Cap
	for i := range r.Caps {
		x := &r.Caps[i]
		pool, note := &c.Config.Pools[x.Pool], &c.CapNotes[x.Pool]
		account := &c.Config.Accounts[pool.Account]
		cp := result.Cap{
			Limit: x.Limit.String(), Account: account.Name, Region: account.Region, Model: "*", Value: x.Value,
			Refused: result.Count(x.Refused), AlsoFull: result.Count(x.AlsoFull), RefusedByReservation: result.Count(x.RefusedByReservation),
			RefusedDays: result.Count(x.RefusedDays), PeakUse: result.Count(x.PeakUse), TooLarge: result.Count(x.TooLarge), FirstTooLarge: x.FirstTooLarge,
			Note: note.On(x.Limit),
		}
		if pool.Model != sim.None {
			cp.Model, cp.Scope = c.Config.Models[pool.Model].ID, c.Config.Models[pool.Model].Scope
		}
		switch x.Limit {
		case sim.RequestsPerMinute:
			cp.Adjustable = note.RPMAdjustable
		case sim.TokensPerMinute:
			cp.Adjustable = note.TPMAdjustable
		}
		cp.FirstRefusedS, cp.FirstRefusedAt = moment(rep.start, x.FirstRefused)
		cp.SpentS, cp.SpentAt = moment(rep.start, x.Spent)
		if x.FirstRefused != sim.None {
			cp.ByReservation = &x.FirstByReservation
		}
		out = append(out, cp)
	}
	return out
}

// boughtCaps are the limits of bought capacity that refused calls, where what
// does not fit may not go on demand.
func boughtCaps(rep *replication, r *sim.Result, c *scenarios.Compiled) []result.Cap {
	if r.Bought == nil {
		return nil
	}
	p := c.Config.Provisioned
	var names []string
	for _, a := range p.Accounts {
		if name := c.Config.Accounts[a].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	m := &c.Config.Models[p.Model]
	limits := [2]sim.Limit{sim.InputTokensPerMinute, sim.OutputTokensPerMinute}
	var out []result.Cap
	for i, value := range [2]int64{p.InputTPM, p.OutputTPM} {
		if r.Bought.Refused[i] == 0 {
			continue
		}
		cp := result.Cap{
			Limit: limits[i].String(), Account: strings.Join(names, ", "), Region: c.Config.Accounts[p.Accounts[0]].Region, Model: m.ID, Scope: m.Scope,
			Value: value, Refused: result.Count(r.Bought.Refused[i]), Note: "of the bought capacity, which may not overflow to on-demand",
		}
		b := r.Bought
		cp.TooLarge, cp.FirstTooLarge = result.Count(b.TooLarge[i]), b.TooLarge[i] > 0 && b.Spent[i] != b.FirstRefused[i]
		cp.FirstRefusedS, cp.FirstRefusedAt = moment(rep.start, b.FirstRefused[i])
		cp.SpentS, cp.SpentAt = moment(rep.start, b.Spent[i])
		cp.ByReservation = new(bool)
		out = append(out, cp)
	}
	return out
}

// moment is a time of the run in seconds and as a UTC instant; nil where there is none.
func moment(start time.Time, t unit.Time) (*float64, *string) {
	if t == sim.None {
		return nil, nil
	}
	s, at := t.Seconds(), t.At(start).UTC().Format("2006-01-02T15:04:05.999999Z")
	return &s, &at
}

package importer

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"quotawall/pricing"
)

// quota is one entry of `aws service-quotas list-service-quotas`.
type quota struct {
	Name  string `json:"QuotaName"`
	Code  string `json:"QuotaCode"`
	ARN   string `json:"QuotaArn"`
	Value loose  `json:"Value"`
}

// ServiceQuotas reads the output of `aws service-quotas list-service-quotas
// --service-code bedrock`, one page or several in a row, into applied quotas.
// Codes differ per quota, so quotas are told by their names.
func ServiceQuotas(r io.Reader, o Options) (*Result, error) {
	if o.AsOf == "" {
		return nil, fmt.Errorf("%s: a list of quotas has no date\n  say the day it was read with --as-of", o.Name)
	}
	q := quotaImport{
		o: o, names: newNames(o.Catalog), out: &Result{AsOf: o.AsOf}, rows: map[string]*pricing.Applied{},
		perModel: regexp.MustCompile(`^(Global cross-region|Cross-region|On-demand) model inference (requests|tokens) per (minute|day) for (.+)$`),
		daily:    regexp.MustCompile(`^Model invocation max tokens per day for (.+?)( \(doubled for cross-region calls\))?$`),
	}
	if err := q.pages(r); err != nil {
		return nil, located(o.Name, err)
	}
	if len(q.wrong) > 0 {
		return nil, errors.New(strings.Join(shortened(q.wrong), "\n"))
	}
	if q.out.Read == 0 {
		return nil, fmt.Errorf("%s: no quotas: is this the output of `aws service-quotas list-service-quotas --service-code bedrock`?", o.Name)
	}
	if len(q.accounts) > 1 {
		return nil, fmt.Errorf("%s: quotas of %d accounts (%s)\n  import each account's list by itself, with --account NAME", o.Name, len(q.accounts), strings.Join(q.accounts, ", "))
	}
	if q.more {
		q.out.Notes = append(q.out.Notes, "the last page names a NextToken: there are quotas after it that are not here")
	}
	q.complete()
	for _, key := range sorted(q.rows) {
		q.out.Rows = append(q.out.Rows, q.rows[key].Row())
	}
	q.out.finish()
	slices.SortStableFunc(q.out.Rows, func(a, b pricing.Row) int { return cmp.Compare(anywhere(a), anywhere(b)) })
	return q.out, nil
}

// anywhere is 1 for a row of every Region, which must stand behind those of
// one: the first row that fits a call is used, alone.
func anywhere(r pricing.Row) int {
	if r.Get("region") == "*" {
		return 1
	}
	return 0
}

// complete gives the rows of a Region what the row of every Region says besides.
func (q *quotaImport) complete() {
	for _, row := range q.rows {
		general := q.rows[rowKey(row.Account, "*", row.Scope, row.Model)]
		if row.Region == "*" || general == nil {
			continue
		}
		used := false
		for _, l := range []struct{ to, from *pricing.Limit }{{&row.RPM, &general.RPM}, {&row.TPM, &general.TPM}, {&row.TPD, &general.TPD}} {
			if *l.to == pricing.Absent && *l.from != pricing.Absent {
				*l.to, used = *l.from, true
			}
		}
		if used {
			for code := range strings.SplitSeq(general.Note, ", ") {
				row.Note = withCode(row.Note, code)
			}
		}
	}
}

func rowKey(account, region, scope, model string) string {
	return strings.Join([]string{account, region, scope, model}, " ")
}

// withCode is a note that names a quota's code, once.
func withCode(note, code string) string {
	if code == "" || slices.Contains(strings.Split(note, ", "), code) {
		return note
	}
	return strings.TrimPrefix(note+", "+code, ", ")
}

type quotaImport struct {
	o               Options
	names           *names
	out             *Result
	rows            map[string]*pricing.Applied
	perModel, daily *regexp.Regexp
	more            bool
	wrong           []string // values that no quota can have
	accounts        []string // numbers that ARNs name
}

// pages reads one answer after the other.
func (q *quotaImport) pages(r io.Reader) error {
	d := json.NewDecoder(r)
	for n := 1; ; n++ {
		var page struct {
			Quotas    []quota
			NextToken string
		}
		err := d.Decode(&page)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, x := range page.Quotas {
			at := fmt.Sprintf("Quotas[%d]", i)
			if n > 1 {
				at = fmt.Sprintf("page %d, %s", n, at)
			}
			q.quota(at, x)
		}
		q.more = page.NextToken != ""
	}
}

// quota takes one quota; at is where it stands.
func (q *quotaImport) quota(at string, x quota) {
	q.out.Read++
	perModel, daily := q.perModel.FindStringSubmatch(x.Name), q.daily.FindStringSubmatch(x.Name)
	if perModel == nil && daily == nil {
		q.out.skip(x.Name, "no limit on requests or tokens of a model")
		return
	}
	value, ok := new(big.Rat).SetString(limited(string(x.Value)))
	switch {
	case !ok || value.Sign() < 0 || value.IsInt() && !value.Num().IsInt64():
		q.wrong = append(q.wrong, fmt.Sprintf("%s: %s (%s): the Value %s is no number from 0 to %d", q.o.Name, at, x.Name, x.Value.shown(), int64(math.MaxInt64)))
		return
	case !value.IsInt():
		q.out.skip(x.Name+": "+string(x.Value), "a value that is no whole number")
		return
	}
	if daily != nil {
		q.perDay(x, daily, value.Num().Int64())
		return
	}
	model, ok := q.model(perModel[4])
	if !ok {
		q.out.skip(x.Name, "a model that the catalog does not know: %s", perModel[4])
		return
	}
	scope := map[string]string{"Global cross-region": "global", "Cross-region": "geo", "On-demand": "on-demand"}[perModel[1]]
	q.set(x, model, scope, perModel[2]+" per "+perModel[3], value.Num().Int64())
}

// limited keeps a number from being absurdly long.
func limited(s string) string {
	if len(s) > 40 || strings.ContainsAny(s, "eE") && len(s) > 24 || strings.Contains(strings.ToLower(s), "e") && len(s)-strings.IndexAny(s, "eE") > 4 {
		return ""
	}
	return s
}

// perDay is the base value of tokens a day; calls of a geo profile get it twice
// where the name says so.
func (q *quotaImport) perDay(x quota, m []string, value int64) {
	model, ok := q.model(m[1])
	if !ok {
		q.out.skip(x.Name, "a model that the catalog does not know: %s", m[1])
		return
	}
	q.set(x, model, "on-demand", "tokens per day", value)
	if m[2] != "" && value <= (1<<62) {
		value *= 2
	}
	q.set(x, model, "geo", "tokens per day", value)
}

// model is the catalog id of a quota's model; a model's 1M context has quotas of
// its own.
func (q *quotaImport) model(name string) (string, bool) {
	base, long := strings.CutSuffix(name, " 1M Context Length")
	id, ok := q.names.find(base)
	if long {
		id += "-1m"
		ok = ok && q.o.Catalog.Mentions(id)
	}
	return id, ok
}

func (q *quotaImport) set(x quota, model, scope, limit string, value int64) {
	account, region := "*", q.owner(x.ARN)
	if q.o.Account != "" {
		account = q.o.Account
	}
	key := rowKey(account, region, scope, model)
	row := q.rows[key]
	if row == nil {
		row = &pricing.Applied{
			Account: account, Region: region, Scope: scope, Model: model, RPM: pricing.Absent, TPM: pricing.Absent, TPD: pricing.Absent,
			Provenance: pricing.Provenance{AsOf: q.o.AsOf, Source: []string{"Service Quotas " + q.o.Name}},
		}
		q.rows[key] = row
	}
	to := map[string]*pricing.Limit{"requests per minute": &row.RPM, "tokens per minute": &row.TPM, "tokens per day": &row.TPD}[limit]
	if to == nil {
		q.out.skip(x.Name, "a limit of requests a day, which the model does not have")
		return
	}
	if *to != pricing.Absent && *to != pricing.Limit(value) {
		q.out.skip(x.Name, "a second value for one limit")
		return
	}
	*to = pricing.Limit(value)
	row.Note = withCode(row.Note, x.Code)
}

// owner notes the account in a quota's ARN and reads its Region; "*" where it
// has none.
func (q *quotaImport) owner(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 5 {
		return "*"
	}
	if !slices.Contains(q.accounts, parts[4]) {
		q.accounts = append(q.accounts, parts[4])
	}
	return cmp.Or(parts[3], "*")
}

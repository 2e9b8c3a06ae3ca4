package importer

import (
	"regexp"
	"slices"
	"strings"

	"quotawall/sim/unit"
)

// meter is what a usage type of AWS's price lists counts, as far as it is understood.
type meter struct {
	kind  unit.Kind
	scope string // "global", or "" for in-Region and geo
	tier  string // "" = standard; batch, flex, priority
	long  bool   // the long-prompt band
	what  meterKind
	term  string // capacity: length of commitment
	model string // named in the usage type, where the attributes may lack it
	why   string // not empty: why it is left out
}

type meterKind int

const (
	tokenMeter meterKind = iota
	reservedMeter
	unitMeter
	instanceMeter
)

// grammar holds the spellings of usage types. A metric is matched whole: a test
// for a part would take cache rows for input rows.
type grammar struct {
	market   *regexp.Regexp // USE1-MP:USE1_<metric>-Units
	camel    *regexp.Regexp // InputTokenCount_Global_Batch ...
	million  *regexp.Regexp // MillionBatchInputTokens
	snake    *regexp.Regexp // input_tokens_global_standard ...
	reserved *regexp.Regexp // Reserved_1Month_InputTPM_Global
	units    *regexp.Regexp // ProvisionedThroughput_1MonthCommit_ModelUnits_Usage
	kebab    *regexp.Regexp // USE1-NovaPro-cache-read-input-token-count ...
	host     *regexp.Regexp // USE1-Host:ml.g5.xlarge
}

func newGrammar() grammar {
	return grammar{
		market:   regexp.MustCompile(`^[A-Z0-9]+-MP:[A-Z0-9]+_(.+)-Units$`),
		camel:    regexp.MustCompile(`^(CacheReadInput|CacheWriteInput|CacheWrite1hInput|Input|Output)TokenCount((?:_(?:Global|Batch|LCtx))*)$`),
		million:  regexp.MustCompile(`^MillionBatch(Input|Output)Tokens(_Global)?$`),
		snake:    regexp.MustCompile(`^(input|output|cache_read|cache_write)_tokens(_1h|_30m|_5m)?(_long_ctx)?(_global)?_(standard|batch|flex|priority)$`),
		reserved: regexp.MustCompile(`^Reserved_(1Month|3Months?)_(Input|Output)TPM_(Global|Geo|Regional)$`),
		units:    regexp.MustCompile(`^ProvisionedThroughput_(NoCommit|1MonthCommit|6MonthsCommit)_ModelUnits_Usage$`),
		kebab:    regexp.MustCompile(`(?i)^[A-Z]{2,4}[0-9]{0,2}-(.+?)(?:-mantle)?(?:-text)?-(cache-read-input-token-count|cache-write-input-token-count|cache-read-tokens|cache-write-tokens|input-tokens|output-tokens)((?:-[a-z0-9]+)*)$`),
		host:     regexp.MustCompile(`^(?:[A-Z0-9]+-)?Host:(ml\.[a-z0-9.-]+)$`),
	}
}

// read understands a usage type, or says why it does not.
func (g *grammar) read(usage string) meter {
	if m := g.host.FindStringSubmatch(usage); m != nil {
		return meter{what: instanceMeter, model: m[1]}
	}
	if m := g.market.FindStringSubmatch(usage); m != nil {
		return g.metric(m[1])
	}
	if m := g.kebab.FindStringSubmatch(usage); m != nil {
		return kebabMeter(m[1], strings.ToLower(m[2]), strings.Split(strings.ToLower(m[3]), "-"))
	}
	return meter{why: "no token, capacity or endpoint price that is understood"}
}

// metric reads what stands behind the Region in a Marketplace usage type.
func (g *grammar) metric(s string) meter {
	if m := g.camel.FindStringSubmatch(s); m != nil {
		out := meter{kind: camelKind(m[1]), long: strings.Contains(m[2], "_LCtx")}
		if strings.Contains(m[2], "_Global") {
			out.scope = "global"
		}
		if strings.Contains(m[2], "_Batch") {
			out.tier = "batch"
		}
		return out
	}
	if m := g.million.FindStringSubmatch(s); m != nil {
		return meter{kind: camelKind(m[1]), tier: "batch", scope: strings.TrimPrefix(strings.ToLower(m[2]), "_")}
	}
	if m := g.snake.FindStringSubmatch(s); m != nil {
		out := meter{long: m[3] != "", scope: strings.TrimPrefix(m[4], "_"), tier: strings.TrimPrefix(m[5], "standard")}
		return out.withKind(m[1], strings.TrimPrefix(m[2], "_"))
	}
	if m := g.reserved.FindStringSubmatch(s); m != nil {
		term := map[byte]string{'1': "1-month", '3': "3-months"}[m[1][0]]
		return meter{what: reservedMeter, kind: camelKind(m[2]), term: term, scope: strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(m[3]), "geo"), "regional")}
	}
	if m := g.units.FindStringSubmatch(s); m != nil {
		term := map[string]string{"NoCommit": "no-commit", "1MonthCommit": "1-month", "6MonthsCommit": "6-months"}[m[1]]
		return meter{what: unitMeter, term: term}
	}
	return meter{why: "no token, capacity or endpoint price that is understood"}
}

func camelKind(s string) unit.Kind {
	return map[string]unit.Kind{
		"Input": unit.Input, "Output": unit.Output, "CacheReadInput": unit.CacheRead,
		"CacheWriteInput": unit.CacheWrite5m, "CacheWrite1hInput": unit.CacheWrite1h,
	}[s]
}

// withKind names the kind of a metric whose cache writes may say their lifetime.
func (m meter) withKind(metric, ttl string) meter {
	switch {
	case metric == "cache_write" && ttl == "1h":
		m.kind = unit.CacheWrite1h
	case metric == "cache_write" && (ttl == "" || ttl == "5m"):
		m.kind = unit.CacheWrite5m
	case metric == "cache_write":
		m.why = "a cache lifetime that is neither 5 minutes nor an hour"
	case ttl != "":
		m.why = "no token, capacity or endpoint price that is understood"
	default:
		m.kind = unit.Kind(metric)
	}
	return m
}

// kebabMeter reads the words behind the metric in usage types of open-weight and
// Amazon models; a word that is not known changes the price in an unknown way.
func kebabMeter(model, metric string, words []string) meter {
	m := meter{model: model}
	ttl := ""
	rest := slices.DeleteFunc(words, func(w string) bool { return w == "" || w == "standard" })
	for i := 0; i < len(rest); i++ {
		two := strings.Join(rest[i:min(i+2, len(rest))], "-")
		switch w := rest[i]; {
		case w == "batch" || w == "flex" || w == "priority":
			m.tier = w
		case two == "cross-region":
			i++
		case w == "global":
			m.scope = "global"
		case two == "long-ctx" || two == "long-context":
			m.long = true
			i++
		case w == "1h" || w == "5m" || w == "30m":
			ttl = w
		case two == "custom-model":
			m.why = "the price of a customized model"
			return m
		case two == "latency-optimized":
			m.why = "the price of latency-optimized inference"
			return m
		default:
			m.why = "a variant of a token price that is not understood"
			return m
		}
	}
	metric = strings.TrimSuffix(strings.TrimSuffix(metric, "-input-token-count"), "-tokens")
	return m.withKind(strings.ReplaceAll(metric, "-", "_"), ttl)
}

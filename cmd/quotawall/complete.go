package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/pricing"
	"quotawall/pricing/importer"
	"quotawall/scenarios"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/trace/stats"
	"quotawall/sim/trace/synth"
)

// typing is a command line that is still being typed.
type typing struct {
	cmd  *cobra.Command
	args []string // arguments before the word
	word string   // as far as it is typed
}

// completer offers words, each with what it means behind a tab; those that do
// not continue the word are left out later.
type completer func(t typing) []string

// addCompletions makes a shell offer the values of flags and arguments.
func addCompletions(root *cobra.Command) {
	flags, args := flagCompleters(), argCompleters()
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		path := strings.TrimPrefix(cmd.CommandPath(), root.Name()+" ")
		cmd.Flags().VisitAll(func(f *flagOf) {
			c, ok := flags[path+" --"+f.Name]
			if !ok {
				c, ok = flags["--"+f.Name]
			}
			if ok {
				_ = cmd.RegisterFlagCompletionFunc(f.Name, offered(c, cobra.ShellCompDirectiveNoFileComp))
			}
		})
		switch c, ok := args[path]; {
		case ok:
			cmd.ValidArgsFunction = offered(c, cobra.ShellCompDirectiveNoFileComp)
		case cmd.Args != nil && cmd.Args(cmd, []string{"x"}) != nil && cmd.ValidArgsFunction == nil && !cmd.HasSubCommands():
			cmd.ValidArgsFunction = cobra.NoFileCompletions
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// offered filters what a completer offers; a word that ends with = or : goes on.
func offered(c completer, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		words := c(typing{cmd, args, word})
		words = slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(w, word) })
		if slices.ContainsFunc(words, goesOn) {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		return words, directive
	}
}

func goesOn(word string) bool {
	name, _, _ := strings.Cut(word, "\t")
	return strings.HasSuffix(name, "=") || strings.HasSuffix(name, ":")
}

// flagCompleters are the completers of flags, by command and flag, or by flag
// where it is the same for all commands.
func flagCompleters() map[string]completer {
	return map[string]completer{
		"--set":                   assigning(true),
		"--vary":                  assigning(false),
		"--steps":                 listOf(stepNames),
		"--without":               stepNames,
		"--step":                  stepNumbers,
		"check --step":            func(t typing) []string { return append(stepNames(t), "last") },
		"run --why":               stepNumbers,
		"--by":                    fixed(groupKeys()...),
		"--cache-ttl":             fixed("5m", "1h", "1m", "none\tno expiry"),
		"--design":                fixed("grid", "random:", "lhs:\tLatin hypercube"),
		"--trace-format":          fixed(append([]string{"auto"}, ingest.Formats()...)...),
		"--spread":                fixed("uniform", "poisson"),
		"--map":                   listOf(fixed(withSuffix(mapFields(), "=")...)),
		"--to":                    fixed(traceForms()...),
		"--from":                  fixed(importer.Formats()...),
		"--preset":                fixed(synth.Presets()...),
		"compare --model":         func(t typing) []string { return append(t.aliases(), models(t)...) },
		"scenario init --model":   listOf(models),
		"scenario init --ruleset": rulesets,
		"scenario init --scope":   fixed("on-demand", "geo", "global"),
		"scenario init --class":   fixed(withSuffix(synth.Presets(), ":")...),
	}
}

func groupKeys() []string {
	var out []string
	for _, k := range stats.Keys() {
		out = append(out, string(k))
	}
	return out
}

// argCompleters are the completers of arguments that name no file, by command.
func argCompleters() map[string]completer {
	return map[string]completer{
		"catalog list":  first(fixed(listingNames()...)),
		"catalog show":  showableNames,
		"scenario keys": first(sections),
	}
}

func fixed(words ...string) completer {
	return func(typing) []string { return slices.Clone(words) }
}

func withSuffix(words []string, suffix string) []string {
	out := slices.Clone(words)
	for i := range out {
		out[i] += suffix
	}
	return out
}

// first offers words for the first argument only.
func first(c completer) completer {
	return func(t typing) []string {
		if len(t.args) > 0 {
			return nil
		}
		return c(t)
	}
}

// listOf completes the last of several words with commas between.
func listOf(c completer) completer {
	return func(t typing) []string {
		before := t.word[:strings.LastIndex(t.word, ",")+1]
		t.word = t.word[len(before):]
		words := c(t)
		for i := range words {
			words[i] = before + words[i]
		}
		return words
	}
}

func models(t typing) []string {
	if cat := t.catalog(); cat != nil {
		return cat.ModelIDs()
	}
	return nil
}

func rulesets(t typing) []string {
	var out []string
	if cat := t.catalog(); cat != nil {
		for _, r := range cat.Rulesets() {
			out = append(out, r.Name)
		}
	}
	return out
}

// rowNames are the distinct names of a table's rows.
func rowNames(cat *pricing.Catalog, table, key string) []string {
	var out []string
	for _, r := range cat.Rows(table) {
		if name := r.Get(key); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// showableNames are the kinds of things that 'catalog show' takes, then their names.
func showableNames(t typing) []string {
	cat := t.catalog()
	if cat == nil || len(t.args) > 1 {
		return nil
	}
	kinds := showable()
	var out []string
	if len(t.args) == 1 {
		kinds = t.args
	} else {
		out = append(out, kinds...)
	}
	for _, kind := range kinds {
		key, ok := nameFields()[kind]
		if !ok {
			continue
		}
		for _, name := range rowNames(cat, kind, key) {
			out = append(out, name+"\t"+kind)
		}
	}
	return out
}

// sections are the first parts of keys.
func sections(typing) []string {
	var out []string
	for _, k := range scenarios.Keys() {
		name, _, _ := strings.Cut(k.Name, ".")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

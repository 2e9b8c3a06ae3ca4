package main

import "github.com/spf13/cobra"

// maker makes the command of a name.
type maker struct {
	name string
	make func(*app) *cobra.Command
}

// makers lists the commands; each stands in a file of its own.
func makers() []maker {
	return []maker{
		{"run", newRunCmd},
		{"scenario", newScenarioCmd},
		{"trace", newTraceCmd},
		{"explain", newExplainCmd},
		{"catalog", newCatalogCmd},
		{"report", newReportCmd},
		{"check", newCheckCmd},
		{"diff", newDiffCmd},
		{"quota-request", newQuotaRequestCmd},
		{"sensitivity", newSensitivityCmd},
		{"forecast", newForecastCmd},
		{"compare", newCompareCmd},
		{"plan", newPlanCmd},
		{"concepts", newConceptsCmd},
		{"sweep", newSweepCmd},
	}
}

// addCommands adds the command that a command line begins with, or all of them,
// for help, for completion and to tell what was meant, where it begins with none.
func addCommands(root *cobra.Command, a *app, args []string) {
	for _, m := range makers() {
		if len(args) > 0 && args[0] == m.name {
			root.AddCommand(m.make(a))
			return
		}
	}
	for _, m := range makers() {
		root.AddCommand(m.make(a))
	}
	addHelp(root)
	addCompletion(root)
	addCompletions(root)
}

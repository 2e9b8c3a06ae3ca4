package main

import "github.com/spf13/cobra"

// newCommands lists the commands; each stands in a file of its own.
func newCommands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newRunCmd(a),
		newScenarioCmd(a),
		newTraceCmd(a),
		newExplainCmd(a),
		newCatalogCmd(a),
		newReportCmd(a),
		newCheckCmd(a),
		newDiffCmd(a),
		newQuotaRequestCmd(a),
		newSensitivityCmd(a),
		newForecastCmd(a),
		newCompareCmd(a),
		newPlanCmd(a),
		newConceptsCmd(a),
		newSweepCmd(a),
	}
}

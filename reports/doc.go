// Package reports makes documents of results: tables for terminals, Markdown,
// CSV, JSON and HTML. It never computes money; it shows what a result holds.
//
// A document is a list of tables. A table has typed columns, and a cell keeps
// its exact value beside the way it is shown:
//
//	t := reports.NewTable("models",
//		reports.Column{Name: "model"},
//		reports.Column{Name: "input", Kind: reports.Money, Unit: "USD/Mtok"},
//		reports.Column{Name: "source", Drop: 1}) // first to go when narrow
//	t.Row(reports.Str("claude-opus-4-6"), reports.Dec("5.00"), reports.Str(url))
//	t.Row(reports.Str("mystery"), reports.None().Note("no published price"), reports.Str(url))
//	t.Note("prices of 2026-11-10")
//	err := reports.Write(w, "table", width, color, t)
//
// Formats are table, csv, markdown, json and html. CSV and JSON carry exact
// values; the others show each column in one scale, as benchstat does. Text
// from inputs may be passed as it is: every writer escapes for its format, and
// no control character leaves raw. A table on a terminal that is too narrow
// loses columns by their Drop priority, and says which.
package reports

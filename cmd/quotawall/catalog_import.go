package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/pricing"
	"quotawall/pricing/importer"
	"quotawall/reports"
)

const importHelp = `Make an overlay of a file that AWS or others publish, for --catalog:
  aws             AWS price list (AmazonBedrock, AmazonBedrockFoundationModels, AmazonSageMaker), bulk JSON or CSV, or GetProducts
  litellm         LiteLLM's model_prices_and_context_window.json; it only fills gaps
  service-quotas  output of 'aws service-quotas list-service-quotas --service-code bedrock'
  overlay         an overlay of your own: checked, with models by their catalog ids

With -o the overlay goes to that file and stdout tells what was left out and why, and which prices differ by more than 1 %;
without it stdout is the overlay and stderr sums the rest up. Overlays go before AWS's list, that before the catalog, that
before LiteLLM. FILE - is stdin.`

func newCatalogImportCmd(a *app) *cobra.Command {
	var doc document
	var overlays []string
	var from, asOf, account string
	cmd := &cobra.Command{
		Use:     "import --from " + strings.Join(importer.Formats(), "|") + " FILE",
		Short:   "Make an overlay of a price list or a list of quotas",
		Long:    importHelp,
		Args:    takes(1, 1),
		Example: "  quotawall catalog import --from aws index.json -o aws.toml\n  quotawall catalog import --from litellm prices.json --as-of 2026-11-20 -o gaps.toml\n  quotawall catalog import --from service-quotas quotas.json --as-of 2026-11-20 --account main -o quotas.toml",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := importer.Known(from); err != nil {
				return bad(err)
			}
			cat, paths, err := a.catalog(overlays)
			if err != nil {
				return err
			}
			o := importer.Options{Name: args[0], Account: account, Catalog: cat}
			if asOf != "" {
				if o.AsOf, err = pricing.ParseDate(asOf); err != nil {
					return bad(fmt.Errorf("--as-of: %w", err))
				}
			}
			r, err := a.importFile(from, args[0], o)
			if err != nil {
				return bad(err)
			}
			return a.imported(&doc, append(paths, args[0]), r)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "what the file is: "+strings.Join(importer.Formats(), " | "))
	cmd.Flags().StringVar(&asOf, "as-of", "", "the `day` the file was read, year-month-day (default: its own date)")
	cmd.Flags().StringVar(&account, "account", "", "service-quotas: `name` of the account in scenarios (default: all accounts)")
	addCatalogFlag(cmd, &overlays)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func (a *app) importFile(from, name string, o importer.Options) (*importer.Result, error) {
	if name == "-" {
		o.Name = "stdin"
		return importer.Import(from, a.stdin, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, cmp.Or(errors.Unwrap(err), err))
	}
	defer f.Close()
	return importer.Import(from, f, o)
}

// imported delivers the overlay, and the report on stdout or summed up on stderr.
func (a *app) imported(doc *document, inputs []string, r *importer.Result) error {
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, r.TOML())
		return err
	}
	if err := a.deliverText(doc.out, inputs, write); err != nil {
		return err
	}
	if doc.out == "" || doc.out == "-" {
		a.note("%d rows read, %d in the overlay, %d kinds left out, %d prices differ by more than 1 %%; -o FILE prints them", r.Read, len(r.Rows), len(r.Skipped), len(r.Conflicts))
		for _, n := range r.Notes {
			a.note("%s", n)
		}
		return nil
	}
	return a.tables(&document{format: doc.format}, inputs, importTables(r)...)
}

func importTables(r *importer.Result) []*reports.Table {
	sum := reports.NewTable("import", reports.Column{Name: "rows read", Kind: reports.Count}, reports.Column{Name: "rows in the overlay", Key: "rows", Kind: reports.Count}, reports.Column{Name: "as of"})
	sum.Row(reports.Int(int64(r.Read)), reports.Int(int64(len(r.Rows))), reports.Str(string(r.AsOf)))
	for _, n := range r.Notes {
		sum.Note(n)
	}
	left := reports.NewTable("left out", reports.Column{Name: "rows", Kind: reports.Count}, reports.Column{Name: "why", Wrap: 30}, reports.Column{Name: "for example", Key: "examples", Wrap: 24})
	for _, s := range r.Skipped {
		left.Row(reports.Int(int64(s.Count)), reports.Str(s.Why), reports.Str(strings.Join(s.Examples, ", ")))
	}
	apart := reports.NewTable("prices that differ by more than 1 %", reports.Column{Name: "what", Wrap: 30}, reports.Column{Name: "file", Key: "theirs"}, reports.Column{Name: "catalog", Key: "ours"},
		reports.Column{Name: "apart"}, reports.Column{Name: "kept"})
	apart.SetKey("conflicts")
	for _, c := range r.Conflicts {
		apart.Row(reports.Str(c.What), reports.Str(c.Theirs), reports.Str(c.Ours), reports.Str(c.Apart), reports.Str(c.Kept))
	}
	return []*reports.Table{sum, left, apart}
}

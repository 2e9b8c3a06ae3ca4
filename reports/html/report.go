// Package html makes the report of a run: one self-contained page that needs
// neither network nor script to be read, and the same content as Markdown.
package html

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"quotawall/reports"
	"quotawall/reports/chart"
	"quotawall/scenarios/result"
)

// Report is what a report is made of.
type Report struct {
	Title    string
	Question string // what was asked; empty: the standing question
	Command  string // the command line that makes the report again
	Version  string // of the program
	Run      *result.Run
	Extra    []Section // studies beside the run
	// ChartDir is where the pictures of the Markdown form lie, relative to it;
	// empty: the Markdown form has their descriptions only.
	ChartDir string
}

// Section is a study in a report.
type Section struct {
	Title  string
	Text   []string
	Tables []*reports.Table
	Charts []*chart.Chart
}

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// page is what the template shows.
type page struct {
	Title, Question string
	Verdict         []string
	Steps           []string
	Style           template.CSS
	Script          template.JS
	Data            template.JS // the run's JSON
	Sections        []pageSection
	Facts           []fact
}

type pageSection struct {
	ID, Title string
	Text      []string
	Body      []template.HTML
	Figures   []figure
}

type figure struct {
	Step  int // -1: of all steps
	Title string
	SVG   template.HTML
	Alt   string
}

type fact struct{ Name, Value string }

// WriteHTML writes the page.
func WriteHTML(w io.Writer, r Report) error {
	tmpl, err := template.New("page").Parse(pageSource)
	if err != nil {
		return fmt.Errorf("report page: %w", err)
	}
	p, err := newPage(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, p); err != nil {
		return fmt.Errorf("report page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

func newPage(r Report) (*page, error) {
	p := &page{
		Title: reports.Visible(r.title()), Question: reports.Visible(r.question()),
		Style: template.CSS(pageStyle), Script: template.JS(pageScript), Facts: r.facts(),
	}
	for _, s := range reports.Verdict(r.Run) {
		p.Verdict = append(p.Verdict, reports.Visible(s))
	}
	for _, s := range r.Run.Steps {
		p.Steps = append(p.Steps, reports.Visible(s.Name))
	}
	var data bytes.Buffer
	if err := reports.WriteResultJSON(&data, r.Run); err != nil {
		return nil, err
	}
	// Inside a script element only "<" could end the data.
	p.Data = template.JS(strings.ReplaceAll(data.String(), "<", `\u003c`))
	sections, err := r.sections()
	if err != nil {
		return nil, err
	}
	taken := names{}
	for i, s := range sections {
		ps, err := s.page(i, taken)
		if err != nil {
			return nil, err
		}
		p.Sections = append(p.Sections, ps)
	}
	return p, nil
}

// names hands out names that are unique on a page: a second "steps" is
// "steps-2".
type names map[string]int

func (n names) unique(name string) string {
	n[name]++
	if n[name] == 1 {
		return name
	}
	return n.unique(fmt.Sprintf("%s-%d", name, n[name]))
}

func (s Section) page(i int, taken names) (pageSection, error) {
	out := pageSection{ID: fmt.Sprintf("s%d", i+1), Title: reports.Visible(s.Title)}
	for _, t := range s.Text {
		out.Text = append(out.Text, reports.Visible(t))
	}
	for _, t := range s.Tables {
		var b bytes.Buffer
		own := *t
		if err := reports.WriteHTML(&b, own.SetKey(taken.unique("t-" + t.Key())[2:])); err != nil {
			return out, err
		}
		out.Body = append(out.Body, template.HTML(b.String()))
	}
	for _, c := range s.Charts {
		own := *c
		own.Name = taken.unique("c-" + c.Name)[2:]
		svg, err := own.Inline()
		if err != nil {
			return out, err
		}
		out.Figures = append(out.Figures, figure{c.Step, reports.Visible(c.Title), template.HTML(svg), reports.Visible(c.Alt)})
	}
	return out, nil
}

func (r Report) title() string {
	if r.Title != "" {
		return r.Title
	}
	return r.Run.Scenario.Name
}

func (r Report) question() string {
	if r.Question != "" {
		return r.Question
	}
	return "When does this traffic hit the wall, which limit is it, and what does each way past it cost?"
}

// facts say how to make the report again.
func (r Report) facts() []fact {
	s := r.Run.Scenario
	out := []fact{{"command", r.Command}, {"seed", fmt.Sprint(s.Seed)}, {"replications", fmt.Sprint(s.Replications)},
		{"ruleset", r.Run.Ruleset}, {"prices and quotas of", r.Run.CatalogAsOf}, {"start", s.Start},
		{"input hash (sha256)", s.InputHash}, {"quotawall", r.Version}}
	kept := out[:0]
	for _, f := range out {
		if f.Value != "" {
			kept = append(kept, fact{f.Name, reports.Visible(f.Value)})
		}
	}
	return kept
}

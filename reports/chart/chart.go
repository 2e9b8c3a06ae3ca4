// Package chart draws results as SVG and PNG with gonum/plot: deterministic
// bytes, embedded fonts, a palette that colour-blind readers can tell apart
// (Okabe and Ito), line patterns beside colours, and names written at the
// lines. Each picture has an alternative text made from its figures.
//
// The inputs are plain structs (Burn, Rates, Costs, Frontier, BreakEven,
// Compared, Forecast, Queue, Sweep, Heat, Tornado), each with a Draw method; FromRun
// fills those that a run can fill.
package chart

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"quotawall/reports"
)

// Chart is a picture ready to be written.
type Chart struct {
	Name  string // a file name without extension
	Title string
	Alt   string // what the picture says, for who cannot see it
	Step  int    // the step of a run it belongs to; -1: all

	width, height vg.Length
	panels        []panel // drawn one above the other, on a common x axis
}

// panel is one plot and the points that answer when pointed at.
type panel struct {
	plot *plot.Plot
	hot  []hot
}

// hot is a point in data coordinates, and what to say of it.
type hot struct {
	x, y float64
	text string
}

// pngDPI makes a picture of 640 points 1,707 pixels wide.
const pngDPI = 192

// titleHeight is what a title takes of a picture, points.
const titleHeight = 20

// WriteSVG writes the picture as a file of its own.
func (c *Chart) WriteSVG(w io.Writer) error {
	svg, err := c.svg()
	if err != nil {
		return err
	}
	head := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	_, err = io.WriteString(w, head+strings.Replace(svg, "<svg ", "<svg style=\"background:#fff;color:"+inkHex+"\" ", 1))
	return err
}

// WritePNG writes the picture as pixels.
func (c *Chart) WritePNG(w io.Writer) error {
	canvas := vgimg.NewWith(vgimg.UseWH(c.width, c.height), vgimg.UseDPI(pngDPI))
	c.draw(draw.New(canvas))
	_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
	return err
}

// Inline is the picture as an SVG element for a page: text in the page's
// colour, a description, and a title at each data point. The picture's own
// title is left to the page, which can break it into lines.
func (c *Chart) Inline() (string, error) {
	plain := *c
	plain.panels = slices.Clone(c.panels)
	for i, p := range c.panels {
		bare := *p.plot
		if bare.Title.Text != "" {
			plain.height -= vg.Points(titleHeight)
		}
		bare.Title.Text = ""
		plain.panels[i].plot = &bare
	}
	return plain.svg()
}

// draw puts the panels on a canvas and returns the part of each.
func (c *Chart) draw(dc draw.Canvas) []draw.Canvas {
	plots := make([][]*plot.Plot, len(c.panels))
	for i, p := range c.panels {
		plots[i] = []*plot.Plot{p.plot}
	}
	parts := plot.Align(plots, draw.Tiles{Rows: len(plots), Cols: 1, PadX: 4, PadY: 10, PadTop: 4, PadBottom: 4, PadLeft: 4, PadRight: 8}, dc)
	out := make([]draw.Canvas, len(plots))
	for i, p := range c.panels {
		p.plot.Draw(parts[i][0])
		out[i] = parts[i][0]
	}
	return out
}

func (c *Chart) svg() (string, error) {
	canvas := vgsvg.New(c.width, c.height)
	parts := c.draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("chart %s: %w", c.Name, err)
	}
	_, body, found := strings.Cut(b.String(), "<g transform")
	if !found {
		return "", fmt.Errorf("chart %s: the drawing has no body", c.Name)
	}
	body = strings.TrimSuffix(strings.TrimSpace(body), "</svg>")
	body = strings.NewReplacer(inkHex, "currentColor", "font-family:Liberation Sans;", "", "font-variant:normal;", "", "font-style:normal;", "").Replace(body)
	id := "c-" + c.Name
	return fmt.Sprintf("<svg viewBox=\"0 0 %g %g\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" role=\"img\" aria-labelledby=\"%s-t %s-d\" font-family=\"'Liberation Sans',Arial,Helvetica,sans-serif\">\n<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">%s</desc>\n<g transform%s%s</svg>\n",
		c.width.Points(), c.height.Points(), id, id, id, escape(c.Title), id, escape(c.Alt), body, c.spots(parts)), nil
}

// spots are invisible circles over the data points, each with a title.
func (c *Chart) spots(parts []draw.Canvas) string {
	var b strings.Builder
	b.WriteString("<g class=\"spots\">\n")
	for i, p := range c.panels {
		area := p.plot.DataCanvas(parts[i])
		tx, ty := p.plot.Transforms(&area)
		for _, h := range p.hot {
			fmt.Fprintf(&b, "<circle class=\"spot\" cx=\"%.1f\" cy=\"%.1f\" r=\"7\" fill=\"#888\" fill-opacity=\"0\"><title>%s</title></circle>\n",
				tx(h.x).Points(), (c.height - ty(h.y)).Points(), escape(h.text))
		}
	}
	b.WriteString("</g>\n")
	return b.String()
}

func escape(s string) string { return html.EscapeString(reports.Visible(s)) }

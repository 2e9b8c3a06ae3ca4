package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"quotawall/reports/chart"
)

// drawable is a picture that is still to be drawn.
type drawable interface {
	Draw() (*chart.Chart, error)
}

// drawChart draws one picture into an .svg or .png file.
func (a *app) drawChart(path string, inputs []string, d drawable) error {
	c, err := d.Draw()
	if err != nil {
		return err
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".svg":
		return a.deliver(path, inputs, c.WriteSVG)
	case ".png":
		return a.deliver(path, inputs, c.WritePNG)
	}
	return bad(fmt.Errorf("--plot %s: a picture is an .svg or a .png file", path))
}

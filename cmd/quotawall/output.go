package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// deliver writes a document to stdout, or to a file that appears whole or not
// at all. inputs are the files the document was made from: it never overwrites
// one of them.
func (a *app) deliver(path string, inputs []string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		w := bufio.NewWriterSize(a.stdout, 64<<10)
		return errors.Join(write(w), w.Flush())
	}
	if err := notAnInput(path, inputs); err != nil {
		return bad(err)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return a.deliverStream(path, write)
	}
	return writeWhole(path, write)
}

// deliverText is deliver for a text with words of the input in it as they came:
// files and pipes get them unchanged, a terminal cannot be steered by them.
func (a *app) deliverText(path string, inputs []string, write func(io.Writer) error) error {
	if !a.toTerminal(path) {
		return a.deliver(path, inputs, write)
	}
	return a.deliver(path, inputs, func(w io.Writer) error {
		v := &visibleWriter{w: w}
		return errors.Join(write(v), v.flush())
	})
}

// toTerminal tells whether a path stands for a stdout that is a terminal.
func (a *app) toTerminal(path string) bool { return a.stdoutWidth > 0 && (path == "" || path == "-") }

// visibleWriter passes lines on with their control characters escaped.
type visibleWriter struct {
	w    io.Writer
	rest []byte // of a line that has not ended
}

func (v *visibleWriter) Write(p []byte) (int, error) {
	v.rest = append(v.rest, p...)
	for {
		end := bytes.IndexByte(v.rest, '\n')
		if end < 0 {
			return len(p), nil
		}
		if _, err := io.WriteString(v.w, visible(string(v.rest[:end]))+"\n"); err != nil {
			return 0, err
		}
		v.rest = v.rest[end+1:]
	}
}

func (v *visibleWriter) flush() error {
	_, err := io.WriteString(v.w, visible(string(v.rest)))
	v.rest = nil
	return err
}

// notAnInput refuses an output that is one of the inputs.
func notAnInput(path string, inputs []string) error {
	out, err := os.Stat(path)
	for _, in := range inputs {
		if same, _ := filepath.Abs(in); err != nil && same == absolute(path) {
			return fmt.Errorf("%s is read and would be overwritten: give -o another name", path)
		}
		if info, e := os.Stat(in); err == nil && e == nil && os.SameFile(out, info) {
			return fmt.Errorf("%s is read and would be overwritten: give -o another name", path)
		}
	}
	return nil
}

func absolute(path string) string {
	p, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return p
}

// deliverStream writes to a device or a FIFO, which cannot be replaced.
func (a *app) deliverStream(path string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	return errors.Join(write(w), w.Flush(), f.Close())
}

// writeWhole writes a file beside its name and moves it there when it is complete.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".quotawall-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, errors.Unwrap(err))
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 64<<10)
	if err = errors.Join(write(w), w.Flush(), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"quotawall/sim/trace/ingest"
)

// maxTraceFiles bounds how many files one trace may have.
const maxTraceFiles = 200_000

// traceFiles finds the files behind names: files, folders (all trace files in
// them, by name), globs, and "-" for stdin. paths are the files' names, so that
// no output overwrites one.
func (a *app) traceFiles(args []string) (files []ingest.File, paths []string, err error) {
	var errs []error
	for _, arg := range args {
		found, err := a.expand(arg)
		errs = append(errs, err)
		files = append(files, found...)
	}
	if len(files) > maxTraceFiles {
		errs = append(errs, fmt.Errorf("%d files; at most %d make one trace", len(files), maxTraceFiles))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		paths = append(paths, f.Name)
	}
	return files, paths, nil
}

// expand finds the files behind one name.
func (a *app) expand(arg string) ([]ingest.File, error) {
	if arg == "-" {
		return []ingest.File{a.stdinFile()}, nil
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return folder(arg)
	case err == nil:
		return []ingest.File{traceFile(arg, info)}, nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?["):
		return glob(arg)
	}
	return nil, fmt.Errorf("%s: %w", arg, plainError(err))
}

// plainError is the cause of a path error, without the path.
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func traceFile(path string, info fs.FileInfo) ingest.File {
	f := ingest.File{Name: path, Open: func() (io.ReadCloser, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, plainError(err))
		}
		return file, nil
	}}
	if !info.Mode().IsRegular() {
		f.Open, f.Once = once(path, f.Open), true
	}
	return f
}

func (a *app) stdinFile() ingest.File {
	open := func() (io.ReadCloser, error) { return io.NopCloser(a.stdin), nil }
	return ingest.File{Name: "stdin", Open: once("stdin", open), Once: true}
}

// once opens a stream, which cannot be read a second time.
func once(name string, open func() (io.ReadCloser, error)) func() (io.ReadCloser, error) {
	used := false
	return func() (io.ReadCloser, error) {
		if used {
			return nil, fmt.Errorf("%s is a stream and was read already; this needs it again\n  save it to a file and name that", name)
		}
		used = true
		return open()
	}
}

func glob(pattern string) ([]ingest.File, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s is no valid pattern: %w", pattern, err)
	}
	slices.Sort(names)
	var files []ingest.File
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, plainError(err))
		}
		if info.IsDir() || hidden(name) && !hidden(pattern) {
			continue
		}
		files = append(files, traceFile(name, info))
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s matches no file", pattern)
	}
	return files, nil
}

// hidden reports whether a file's name begins with a dot; as in a shell, no
// pattern matches it unless it begins with one too.
func hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

// folder lists the trace files below a folder by name. Hidden files and folders
// are left out, and what is no trace by its extension.
func folder(name string) ([]ingest.File, error) {
	root, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, plainError(err))
	}
	var files []ingest.File
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", path, plainError(err))
		case path != root && hidden(path):
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !d.Type().IsRegular() || !traceName(d.Name()):
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return fmt.Errorf("%s: %w", path, plainError(err))
		}
		if info.Size() > 0 {
			files = append(files, traceFile(path, info))
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s holds no trace file\n  taken are %s, each also with .gz or .zst", root, strings.Join(traceExtensions(), ", "))
	}
	return files, err
}

func traceExtensions() []string {
	return []string{".csv", ".json", ".jsonl", ".ndjson", ".log", ".parquet"}
}

// traceName reports whether a file in a folder may be part of a trace.
func traceName(name string) bool {
	bare := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".zst")
	return slices.Contains(traceExtensions(), filepath.Ext(bare)) || bare != strings.ToLower(name) && filepath.Ext(bare) == ""
}

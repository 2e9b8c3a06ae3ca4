// Package ingest opens traffic of any known format: it takes the compression
// off, finds the format by looking at the first bytes, and reads one or many
// files as one trace in order of time.
package ingest

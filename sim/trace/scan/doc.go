// Package scan is the byte-level floor of the trace readers: whole lines out
// of a stream, CSV fields, JSON values, numbers, decimals and time stamps, all
// without an allocation per row, and errors that name the exact byte.
package scan

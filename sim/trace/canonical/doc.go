// Package canonical reads and writes the project's own trace form: CSV with a
// header, columns in any order, of which t_us, input_tokens and output_tokens
// are mandatory and an empty field means "not known".
//
//	# start=2026-11-02T09:00:00Z block_tokens=64 block_scope=session
//	t_us,input_tokens,output_tokens,model,max_tokens,session
//	0,1200,220,claude-sonnet-4-5,4096,s1
//
// The first line is optional. Besides start, block_tokens and block_scope it
// may say dialogues=yes (a session is one person's or agent's dialogue) and
// max_tokens=N (what the trace's source sends where a row does not say).
// max_tokens of a row is a number, empty (not known) or "unset" (the client
// sent none).
//
// A text that a spreadsheet would take for a formula (it begins with = + - or
// @) is written with an apostrophe before it, and read without.
package canonical

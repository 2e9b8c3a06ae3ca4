// Package logs reads the logs that people have of their calls: Amazon Bedrock's
// model invocation logs and CloudWatch metrics, Claude Code sessions, the
// exports of proxies and tracing tools, published tables, and any CSV or JSON
// with a mapping of its columns. FORMATS.md tells what each has, lacks and makes
// one assume.
//
// A log is written as calls end, or newest first, or in many files at once, so
// most formats are read to their end and sorted stably by time of start; what is
// kept of a call is some 80 bytes. Tables that are written in order of time
// (BurstGPT, Bailian, plain CSV and JSON lines) are streamed. Texts of prompts
// and answers are stepped over, never kept.
package logs

// Package public reads the formats of published traces: the Azure LLM inference
// CSV, Mooncake JSONL with its AIPerf and Dynamo extras, and kv-cache-tester's
// Claude Code sessions. sim/trace/FORMATS.md tells what each has and lacks.
package public

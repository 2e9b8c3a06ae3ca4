package logs

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"quotawall/sim/trace"
)

// bench reads text over and over.
func bench(b *testing.B, name string, which int, text []byte) {
	opt := trace.ReadOptions{SkipBadRows: true}
	f := format(b, name, which)
	block := make([]trace.Request, 1024)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := f.Open("bench", bytes.NewReader(text), opt)
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for {
			n, err := r.Read(block)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			rows += n
		}
		if rows == 0 {
			b.Fatal("no rows")
		}
	}
}

func repeated(n int, row func(i int) string) []byte {
	var out bytes.Buffer
	for i := range n {
		out.WriteString(row(i))
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func BenchmarkBedrock(b *testing.B) {
	bench(b, "bedrock", 0, repeated(20_000, func(i int) string {
		return fmt.Sprintf(`{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-10-05T%02d:%02d:31Z","accountId":"111122223333","identity":{"arn":"arn:aws:sts::111122223333:assumed-role/chat/u%d"},"region":"us-east-1","requestId":"6f0e%028d","operation":"ConverseStream","modelId":"us.anthropic.claude-opus-4-6-v1","inferenceRegion":"us-west-2","requestMetadata":{"feature":"chat"},"input":{"inputContentType":"application/json","inputTokenCount":312,"cacheReadInputTokenCount":18400,"cacheWriteInputTokenCount":950},"output":{"outputContentType":"application/json","outputTokenCount":421}}`,
			i/3600%24, i/60%60, i%50, i)
	}))
}

func BenchmarkBedrockBodies(b *testing.B) {
	body := strings.Repeat(`{"role":"user","content":[{"text":"a made up sentence of some length that is \"stepped over\""}]},`, 100)
	bench(b, "bedrock", 0, repeated(2_000, func(i int) string {
		return fmt.Sprintf(`{"schemaType":"ModelInvocationLog","timestamp":"2026-10-05T09:12:31Z","accountId":"1","requestId":"r%d","operation":"Converse","modelId":"m","input":{"inputBodyJson":{"messages":[%s{}],"inferenceConfig":{"maxTokens":5}},"inputTokenCount":312},"output":{"outputBodyJson":{"metrics":{"latencyMs":5}},"outputTokenCount":421}}`, i, body)
	}))
}

func BenchmarkClaude(b *testing.B) {
	bench(b, "claude-code", 0, repeated(20_000, func(i int) string {
		return fmt.Sprintf(`{"parentUuid":"u-%036d","isSidechain":false,"userType":"external","cwd":"/home/someone/project","sessionId":"0a1b2c3d-%d","version":"2.0.1","gitBranch":"main","type":"assistant","timestamp":"2026-10-05T%02d:%02d:31.482Z","uuid":"u-%036d","requestId":"req_%024d","message":{"id":"msg_%024d","type":"message","role":"assistant","model":"claude-opus-4-6","content":[{"type":"text","text":"a made up answer of some length, with a line end\nand more"}],"stop_reason":"tool_use","usage":{"input_tokens":3,"cache_creation_input_tokens":2104,"cache_read_input_tokens":31880,"output_tokens":412,"cache_creation":{"ephemeral_5m_input_tokens":2104,"ephemeral_1h_input_tokens":0},"service_tier":"standard"}}}`,
			i, i/500, i/3600%24, i/60%60, i+1, i/2, i/2)
	}))
}

func BenchmarkBurstGPT(b *testing.B) {
	text := repeated(100_000, func(i int) string { return fmt.Sprintf("%d,ChatGPT,472,18,490,Conversation log", i) })
	bench(b, "burstgpt", 0, append([]byte("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"), text...))
}

func BenchmarkJSONL(b *testing.B) {
	bench(b, "jsonl", 0, repeated(50_000, func(i int) string {
		return fmt.Sprintf(`{"timestamp":"2026-10-05T%02d:%02d:%02d.482Z","model":"claude-opus-4-6","prompt_tokens":31880,"completion_tokens":412,"session_id":"s-%d","note":"some text that nobody needs"}`, i/3600%24, i/60%60, i%60, i/100)
	}))
}

func BenchmarkBailian(b *testing.B) {
	ids := strings.Repeat("123456, ", 200)
	bench(b, "bailian", 0, repeated(5_000, func(i int) string {
		return fmt.Sprintf(`{"chat_id": %d, "parent_chat_id": -1, "timestamp": %d.5, "input_length": 3201, "output_length": 8, "type": "text", "turn": 1, "hash_ids": [%s7]}`, i, i, ids)
	}))
}

func BenchmarkSpans(b *testing.B) {
	bench(b, "otel", 0, repeated(10_000, func(i int) string {
		return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"app"}}]},"scopeSpans":[{"scope":{"name":"x"},"spans":[{"traceId":"%032d","spanId":"1","name":"chat","startTimeUnixNano":"17911908%011d","endTimeUnixNano":"1791190902500000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.request.model","value":{"stringValue":"us.anthropic.claude-opus-4-6-v1"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"5"}}],"status":{}}]}]}]}`, i, i)
	}))
}

// BenchmarkOneLine reads an array on one line whose records are all mistakes but
// one: each one's place is told.
func BenchmarkOneLine(b *testing.B) {
	text := `[{"time":1,"input_tokens":2,"output_tokens":3}` + strings.Repeat(`,{"time":1,"input_tokens":-2,"output_tokens":3}`, 100_000) + "]"
	bench(b, "jsonl", 0, []byte(text))
}

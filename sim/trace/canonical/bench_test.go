package canonical

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"quotawall/sim/trace"
)

// plainRows is a trace with the columns of a plain replay: times with
// exponential gaps, lognormal tokens, sessions that come and go.
func plainRows(rows int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	models := []string{"haiku", "sonnet", "opus"}
	slots := make([]int, 512)
	fresh := 0
	var out bytes.Buffer
	out.WriteString("t_us,model,input_tokens,output_tokens,max_tokens,session\n")
	at := int64(0)
	for range rows {
		at += max(4, int64(rng.ExpFloat64()*50_000))
		s := rng.IntN(len(slots))
		if rng.IntN(20) == 0 {
			slots[s] = fresh
			fresh++
		}
		in := min(150_000, max(16, int(1200*math.Exp(rng.NormFloat64()))))
		fmt.Fprintf(&out, "%d,%s,%d,%d,4096,%d\n", at, models[rng.IntN(3)], in, 1+rng.IntN(900), slots[s])
	}
	return out.Bytes()
}

func BenchmarkReadPlain(b *testing.B) {
	const rows = 200_000
	text := plainRows(rows)
	block := make([]trace.Request, 4096)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader("bench.csv", bytes.NewReader(text), trace.ReadOptions{})
		if err != nil {
			b.Fatal(err)
		}
		total := 0
		for {
			n, err := r.Read(block)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			total += n
		}
		if total != rows {
			b.Fatalf("%d rows", total)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

func BenchmarkReadParquet(b *testing.B) {
	const rows = 200_000
	r, err := NewReader("bench.csv", bytes.NewReader(plainRows(rows)), trace.ReadOptions{})
	if err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := WriteParquet(&file, r); err != nil {
		b.Fatal(err)
	}
	block := make([]trace.Request, 4096)
	b.ReportAllocs()
	for b.Loop() {
		r, err := OpenParquet("bench.parquet", bytes.NewReader(file.Bytes()), int64(file.Len()), trace.ReadOptions{})
		if err != nil {
			b.Fatal(err)
		}
		total := 0
		for {
			n, err := r.Read(block)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			total += n
		}
		if total != rows {
			b.Fatalf("%d rows", total)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

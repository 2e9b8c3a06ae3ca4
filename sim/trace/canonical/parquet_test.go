package canonical

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"quotawall/sim/trace"
)

// parquetOf is a CSV as WriteParquet writes it.
func parquetOf(t testing.TB, text string) []byte {
	t.Helper()
	r, err := NewReader("t.csv", strings.NewReader(text), trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := WriteParquet(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packed is a Parquet file with its pages compressed in another way.
func packed(t testing.TB, file []byte, codec compress.Codec, version int) []byte {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	about, _ := f.Lookup(parquetAbout)
	var b bytes.Buffer
	w := parquet.NewWriter(&b, parquetSchema(), parquet.Compression(codec), parquet.DataPageVersion(version), parquet.KeyValueMetadata(parquetAbout, about))
	rows := parquet.NewReader(f)
	_, err = parquet.CopyRows(w, rows)
	if err := errors.Join(err, rows.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if again, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil || again.Metadata().RowGroups[0].Columns[0].MetaData.Codec != codec.CompressionCodec() {
		t.Fatal("not compressed with ", codec, err)
	}
	return b.Bytes()
}

// Every codec gives the same rows, also of values that hardly shrink, which one
// codec of the library does not: LZ4 is refused.
func TestParquetCodecs(t *testing.T) {
	var text strings.Builder
	text.WriteString("t_us,input_tokens,output_tokens,session\n")
	rng, at := rand.New(rand.NewPCG(1, 2)), int64(0)
	for range 50_000 {
		at += rng.Int64N(1 << 20)
		fmt.Fprintf(&text, "%d,%d,%d,%x\n", at, rng.Int64N(trace.MaxCount), rng.Int64N(trace.MaxCount), rng.Uint64())
	}
	for _, text := range []string{sample, text.String()} {
		file := parquetOf(t, text)
		want, err := csvRows(text, trace.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli} {
			for version := 1; version <= 2; version++ {
				rows, err := parquetRows(packed(t, file, codec, version), trace.ReadOptions{})
				if err != nil || !reflect.DeepEqual(want, rows) {
					t.Errorf("%v, pages of version %d, %d rows: they are others (%v)", codec, version, len(want), err)
				}
			}
		}
		_, err = parquetRows(packed(t, file, &parquet.Lz4Raw, 2), trace.ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), "column t_us is compressed with LZ4") {
			t.Error(err)
		}
	}
}

// A file with one wrong bit takes little memory, whatever it says of its sizes.
func TestParquetDamage(t *testing.T) {
	const most = 256 << 20
	file := parquetOf(t, sample)
	for at := range file {
		data := slices.Clone(file)
		data[at] ^= 1 << (at % 8)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := parquetRows(data, trace.ReadOptions{})
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("byte %d: %d MB to say %v", at, took>>20, err)
		}
	}
	length := slices.Clone(file)
	length[len(length)-5] = 0x7f
	if _, err := parquetRows(length, trace.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "its description is said to have 21") {
		t.Error(err)
	}
}

func TestParquetMistakes(t *testing.T) {
	good := parquetOf(t, sample)
	for cut := range len(good) {
		if rows, err := parquetRows(good[:cut], trace.ReadOptions{}); err == nil {
			t.Fatalf("cut to %d of %d bytes: %d rows and no error", cut, len(good), len(rows))
		}
	}
	rows, err := parquetRows(good, trace.ReadOptions{Head: 2})
	if err != nil || len(rows) != 2 {
		t.Errorf("head: %d rows, %v", len(rows), err)
	}
}

func FuzzParquet(f *testing.F) {
	file := parquetOf(f, sample)
	f.Add(file, 0, byte(1))
	f.Add(packed(f, file, &parquet.Uncompressed, 1), 0, byte(1))
	f.Fuzz(func(t *testing.T, data []byte, at int, flip byte) {
		data = slices.Clone(data)
		if len(data) > 0 {
			data[uint(at)%uint(len(data))] ^= flip
		}
		_, _ = parquetRows(data, trace.ReadOptions{})
	})
}

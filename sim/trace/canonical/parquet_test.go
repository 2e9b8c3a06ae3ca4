package canonical

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"quotawall/sim/trace"
)

// sampleParquet is the sample as WriteParquet writes it.
func sampleParquet(t testing.TB) []byte {
	t.Helper()
	r, err := NewReader("t.csv", strings.NewReader(sample), trace.ReadOptions{})
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

func TestParquetCodecs(t *testing.T) {
	file := sampleParquet(t)
	want, err := parquetRows(file, trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Brotli, &parquet.Lz4Raw} {
		for version := 1; version <= 2; version++ {
			rows, err := parquetRows(packed(t, file, codec, version), trace.ReadOptions{})
			if d := cmp.Diff(want, rows); err != nil || d != "" {
				t.Errorf("%v, pages of version %d: %v\n%s", codec, version, err, d)
			}
		}
	}
}

// The library takes memory for what a damaged file says of itself, and never comes
// back from a damaged page of LZ4.
func TestParquetDamage(t *testing.T) {
	const most = 256 << 20
	file := sampleParquet(t)
	for name, file := range map[string][]byte{
		"snappy": file, "lz4, pages 1": packed(t, file, &parquet.Lz4Raw, 1), "lz4, pages 2": packed(t, file, &parquet.Lz4Raw, 2),
	} {
		met := 0
		for at := 0; at < len(file); at += 3 {
			data := slices.Clone(file)
			data[at] ^= 1 << (at % 8)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := parquetRows(data, trace.ReadOptions{})
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > most {
				t.Errorf("%s, byte %d: %d MB to say %v", name, at, took>>20, err)
			}
			if err != nil && strings.Contains(err.Error(), "lz4: ") {
				met++
			}
		}
		if strings.Contains(name, "lz4") && met == 0 {
			t.Errorf("%s: no damage met the codec", name)
		}
	}
	length := slices.Clone(file)
	length[len(length)-5] = 0x7f
	if _, err := parquetRows(length, trace.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "its description is said to have 21") {
		t.Error(err)
	}
}

func TestParquetMistakes(t *testing.T) {
	good := sampleParquet(t)
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
	file := sampleParquet(f)
	f.Add(file, 0, byte(1))
	f.Add(packed(f, file, &parquet.Lz4Raw, 1), 0, byte(1))
	f.Fuzz(func(t *testing.T, data []byte, at int, flip byte) {
		data = slices.Clone(data)
		if len(data) > 0 {
			data[uint(at)%uint(len(data))] ^= flip
		}
		_, _ = parquetRows(data, trace.ReadOptions{})
	})
}

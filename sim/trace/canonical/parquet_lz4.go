package canonical

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// lz4Growth is the most bytes that a byte of an LZ4 block can stand for
// (lz4_Block_format.md: a length grows by at most 255 a byte).
const lz4Growth = 255

// checkLZ4 decompresses the pages of a column that is compressed with LZ4, to
// see whether they can be. The Parquet library takes every failure of this
// codec for want of room and doubles its memory without end, so it must not see
// a page that is damaged.
func checkLZ4(r io.ReaderAt, chunk *format.ColumnMetaData) error {
	begin := chunk.DataPageOffset
	if chunk.DictionaryPageOffset != 0 {
		begin = chunk.DictionaryPageOffset
	}
	in := bufio.NewReader(io.NewSectionReader(r, begin, chunk.TotalCompressedSize))
	headers := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(in))
	var packed, plain []byte
	for k := 0; ; k++ {
		var header format.PageHeader
		if err := headers.Decode(&header); err != nil {
			if errors.Is(err, io.EOF) {
				return nil // the library says what is missing, if anything is
			}
			return err
		}
		n, size := int(header.CompressedPageSize), int(header.UncompressedPageSize)
		if n < 0 || int64(n) > chunk.TotalCompressedSize || size < 0 || size/lz4Growth > n {
			return fmt.Errorf("page %d is said to have %d bytes, %d when compressed", k, size, n)
		}
		packed, plain = atLeast(packed, n), atLeast(plain, size)
		if _, err := io.ReadFull(in, packed); err != nil {
			return err
		}
		if err := tryLZ4(&header, packed, plain); err != nil {
			return fmt.Errorf("page %d: %w", k, err)
		}
	}
}

// tryLZ4 decompresses a page into plain, leaving out what stands uncompressed
// in front of the values.
func tryLZ4(header *format.PageHeader, packed, plain []byte) error {
	if v2 := header.DataPageHeaderV2; header.Type == format.DataPageV2 && v2.Valid {
		if v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V {
			return nil
		}
		levels := int64(v2.V.RepetitionLevelsByteLength) + int64(v2.V.DefinitionLevelsByteLength)
		if levels < 0 || levels > int64(len(packed)) {
			return fmt.Errorf("its levels are said to have %d bytes", levels)
		}
		packed = packed[levels:]
	}
	_, err := lz4.UncompressBlock(packed, plain)
	return err
}

func atLeast(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

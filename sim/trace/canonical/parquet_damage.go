package canonical

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// The Parquet library takes memory for what a file says of its own sizes before
// it looks at what is there, and takes every failure of LZ4 for want of room and
// doubles its memory without end. So both are looked at here first.

// checkFooter: the file is as long as its description is said to be.
func checkFooter(r io.ReaderAt, size int64) error {
	const ends = 12 // bytes of both magic words and the length
	var b [8]byte
	if size < ends {
		return errors.New("it is too short")
	}
	if _, err := r.ReadAt(b[:], size-int64(len(b))); err != nil && err != io.EOF {
		return err
	}
	if string(b[4:]) != "PAR1" {
		return errors.New("it does not end as Parquet does; it may have been cut off")
	}
	if n := int64(binary.LittleEndian.Uint32(b[:])); n > size-ends {
		return fmt.Errorf("its description is said to have %d bytes, the file has %d", n, size)
	}
	return nil
}

// checkPages: the pages of a column lie where they are said to lie, and those
// that are compressed with LZ4 can be decompressed.
func checkPages(r io.ReaderAt, size int64, chunk *format.ColumnMetaData, packedLZ4 bool) error {
	at := chunk.DataPageOffset
	if chunk.DictionaryPageOffset != 0 {
		at = chunk.DictionaryPageOffset
	}
	if at < 0 || at > size || chunk.TotalCompressedSize < 0 || chunk.TotalCompressedSize > size-at {
		return fmt.Errorf("its %d bytes from byte %d on lie outside of the file", chunk.TotalCompressedSize, at)
	}
	end := at + chunk.TotalCompressedSize
	in := bufio.NewReaderSize(nil, 512)
	var try lz4Pages
	for k := 0; at < end; k++ {
		rest := io.NewSectionReader(r, at, end-at)
		in.Reset(rest)
		var header format.PageHeader
		if err := thrift.NewDecoder(new(thrift.CompactProtocol).NewReader(in)).Decode(&header); err != nil {
			return err
		}
		read, _ := rest.Seek(0, io.SeekCurrent)
		at += read - int64(in.Buffered())
		n := int64(header.CompressedPageSize)
		if n < 0 || n > end-at {
			return fmt.Errorf("page %d is said to have %d bytes, and there are %d", k, n, end-at)
		}
		if packedLZ4 {
			if err := try.page(io.NewSectionReader(r, at, n), &header); err != nil {
				return fmt.Errorf("page %d: %w", k, err)
			}
		}
		at += n
	}
	return nil
}

// lz4Pages decompresses pages, in memory that is used again.
type lz4Pages struct{ packed, plain []byte }

// lz4Growth is the most bytes that a byte of an LZ4 block can stand for
// (lz4_Block_format.md: a length grows by at most 255 a byte).
const lz4Growth = 255

// page decompresses a page, leaving out what stands uncompressed in front of its
// values.
func (l *lz4Pages) page(r io.Reader, header *format.PageHeader) error {
	n, size := int(header.CompressedPageSize), int(header.UncompressedPageSize)
	if size < 0 || size/lz4Growth > n {
		return fmt.Errorf("its %d bytes are said to be %d", n, size)
	}
	l.packed, l.plain = atLeast(l.packed, n), atLeast(l.plain, size)
	if _, err := io.ReadFull(r, l.packed); err != nil {
		return err
	}
	packed := l.packed
	if v2 := header.DataPageHeaderV2; header.Type == format.DataPageV2 && v2.Valid {
		if v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V {
			return nil
		}
		levels := int64(v2.V.RepetitionLevelsByteLength) + int64(v2.V.DefinitionLevelsByteLength)
		if levels < 0 || levels > int64(n) {
			return fmt.Errorf("its levels are said to have %d bytes", levels)
		}
		packed = packed[levels:]
	}
	_, err := lz4.UncompressBlock(packed, l.plain)
	return err
}

func atLeast(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

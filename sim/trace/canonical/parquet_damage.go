package canonical

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The Parquet library takes memory for what a file says of its own sizes before
// it looks at what is there, so they are looked at here first. What stands inside
// a page is trusted: a file that was made to harm can still ask for much memory.

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

// checkCodec refuses LZ4. Of its pages the library makes wrong values without an
// error (parquet-go v0.32.0, github.com/parquet-go/parquet-go/issues/608, open on
// 2026-11-26), and damaged ones it reads without end.
func checkCodec(groups []format.RowGroup, c *pageColumn) error {
	for i := range groups {
		if groups[i].Columns[c.index].MetaData.Codec == format.Lz4Raw {
			return fmt.Errorf("column %s is compressed with LZ4, which cannot be read reliably\n  write the file with zstd, snappy or gzip", Columns()[c.col])
		}
	}
	return nil
}

// checkPages: the pages of a column lie where they are said to lie.
func checkPages(r io.ReaderAt, size int64, chunk *format.ColumnMetaData) error {
	at := chunk.DataPageOffset
	if chunk.DictionaryPageOffset != 0 {
		at = chunk.DictionaryPageOffset
	}
	if at < 0 || at > size || chunk.TotalCompressedSize < 0 || chunk.TotalCompressedSize > size-at {
		return fmt.Errorf("its %d bytes from byte %d on lie outside of the file", chunk.TotalCompressedSize, at)
	}
	end := at + chunk.TotalCompressedSize
	in := bufio.NewReaderSize(nil, 512)
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
		at += n
	}
	return nil
}

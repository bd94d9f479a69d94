package bolttable

import (
	"encoding/binary"
	"hash/crc32"
)

// A record of the log is a head and a body, padded to frameAlign bytes. The head:
//
//	0   length of the body
//	4   checksum of the body
//	8   sequence, one more than that of the record before
//	16  frameForm
//	20  checksum of the log's id and all of the above
//
// The id is known to nobody outside the folder, so no value that somebody stores can pass for a record, and what an
// earlier log left in the same file does not either.
const (
	frameHead  = 24
	frameAlign = 8
	frameForm  = 1
)

// logID names one log: everything between two moments at which the bolt file alone was the whole truth.
type logID [16]byte

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal makes a record of b, whose first frameHead bytes are free and whose rest is the body, and returns it padded.
func seal(b []byte, id logID, sequence uint64) []byte {
	body := b[frameHead:]
	binary.LittleEndian.PutUint32(b[0:], uint32(len(body)))
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(body, castagnoli))
	binary.LittleEndian.PutUint64(b[8:], sequence)
	binary.LittleEndian.PutUint32(b[16:], frameForm)
	binary.LittleEndian.PutUint32(b[20:], headSum(b, id))
	for len(b)%frameAlign != 0 {
		b = append(b, 0)
	}
	return b
}

func headSum(b []byte, id logID) uint32 {
	return crc32.Update(crc32.Checksum(id[:], castagnoli), castagnoli, b[:20])
}

// frame is a record as it was read.
type frame struct {
	sequence uint64
	body     []byte
	size     int // with head and padding
}

// readFrame returns the record at the beginning of b, and whether there is a whole one.
func readFrame(b []byte, id logID) (frame, bool) {
	if len(b) < frameHead || binary.LittleEndian.Uint32(b[16:]) != frameForm {
		return frame{}, false
	}
	if binary.LittleEndian.Uint32(b[20:]) != headSum(b, id) {
		return frame{}, false
	}
	length := uint64(binary.LittleEndian.Uint32(b))
	if length > uint64(len(b)-frameHead) {
		return frame{}, false
	}
	body := b[frameHead : frameHead+length]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return frame{}, false
	}
	size := (frameHead + int(length) + frameAlign - 1) / frameAlign * frameAlign
	return frame{binary.LittleEndian.Uint64(b[8:]), body, min(size, len(b))}, true
}

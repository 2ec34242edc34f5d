package corpus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// The files of an index: a line with the format's version, the settings' key,
// the payload, and the checksum of all before it.
const indexMagic = "newsdesk index 1\n"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("it does not end where it should")

// seal writes a file whose payload write writes.
func seal(w io.Writer, settings key, write func(w io.Writer) error) error {
	sum := crc32.New(castagnoli)
	buffered := bufio.NewWriterSize(io.MultiWriter(w, sum), 256<<10)
	buffered.WriteString(indexMagic)
	buffered.Write(settings[:])
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	_, err := w.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

func unseal(data string) (settings key, payload string, err error) {
	if len(data) < len(indexMagic)+len(settings)+crc32.Size || data[:len(indexMagic)] != indexMagic {
		return key{}, "", errors.New("it does not begin as one")
	}
	end := len(data) - crc32.Size
	if binary.LittleEndian.Uint32([]byte(data[end:])) != checksum(data[:end]) {
		return key{}, "", errors.New("its checksum is wrong")
	}
	data = data[len(indexMagic):end]
	copy(settings[:], data)
	return settings, data[len(settings):], nil
}

// checksum is crc32.Checksum of a string.
func checksum(s string) (sum uint32) {
	var buf [32 << 10]byte
	for len(s) > 0 {
		n := copy(buf[:], s)
		sum = crc32.Update(sum, castagnoli, buf[:n])
		s = s[n:]
	}
	return sum
}

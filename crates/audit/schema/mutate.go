package main

import "encoding/binary"

// A field of a message: `value` is a number as it is encoded, or the bytes without their length.
type field struct {
	number uint64
	wire   uint64
	value  []byte
}

// Changes one thing in a message, or in a message in it.
func (f *filler) mutate(message []byte, depth int) []byte {
	fields, ok := split(message)
	if !ok || len(fields) == 0 {
		return f.mutateBytes(message)
	}
	i := f.Intn(len(fields))
	it := &fields[i]
	if it.wire == 2 && f.Intn(4) > 0 && depth < 12 {
		it.value = f.mutate(it.value, depth+1)
		return join(fields)
	}
	switch f.Intn(9) {
	case 0: // lost
		fields = append(fields[:i], fields[i+1:]...)
	case 1: // twice
		fields = append(fields, *it)
	case 2: // twice, and not the same
		other := *it
		if other.wire == 2 {
			other.value = f.mutate(other.value, depth+1)
		}
		fields = append(fields, other)
	case 3: // out of order
		j := f.Intn(len(fields))
		fields[i], fields[j] = fields[j], fields[i]
	case 4: // empty
		if it.wire == 2 {
			it.value = nil
		}
	case 5: // out of range
		if it.wire == 0 {
			it.value = binary.AppendUvarint(nil, pick[uint64](f, 0, 1, 2, 1<<31, 1<<32-1, 1<<32, 1<<63-1, 1<<64-1))
		}
	case 6: // of a number that is unknown, or known by its last 32 bits
		it.number = pick(f, it.number+200, it.number+1<<32)
	case 7: // longer than it need be
		if it.wire == 0 && len(it.value) < 9 {
			it.value = append([]byte{}, it.value...)
			it.value[len(it.value)-1] |= 0x80
			it.value = append(it.value, 0)
		}
	case 8: // beside a group
		group := binary.AppendUvarint(nil, 300<<3|3)
		group = append(group, join(fields[:1])...)
		group = binary.AppendUvarint(group, 300<<3|4)
		return append(group, message...)
	}
	return join(fields)
}

func (f *filler) mutateBytes(text []byte) []byte {
	changed := append([]byte{}, text...)
	switch {
	case len(text) == 0 || f.Intn(3) == 0:
		return append(changed, pick[byte](f, 0xff, 0xc3, 0xe2, 'a'))
	case f.Intn(2) == 0:
		return changed[:f.Intn(len(text))]
	}
	changed[f.Intn(len(text))] ^= 1 << f.Intn(8)
	return changed
}

func split(message []byte) (fields []field, ok bool) {
	for len(message) > 0 {
		tag, length := binary.Uvarint(message)
		if length <= 0 || tag>>3 == 0 {
			return nil, false
		}
		message = message[length:]
		_, length = binary.Uvarint(message)
		start, size := 0, uint64(length)
		switch tag & 7 {
		case 0:
		case 1:
			size = 8
		case 2:
			start = length
			size, _ = binary.Uvarint(message)
		default:
			return nil, false
		}
		if length <= 0 && tag&7 != 1 || uint64(len(message)-start) < size {
			return nil, false
		}
		end := start + int(size)
		fields = append(fields, field{tag >> 3, tag & 7, message[start:end]})
		message = message[end:]
	}
	return fields, true
}

func join(fields []field) (message []byte) {
	for _, it := range fields {
		message = binary.AppendUvarint(message, it.number<<3|it.wire)
		if it.wire == 2 {
			message = binary.AppendUvarint(message, uint64(len(it.value)))
		}
		message = append(message, it.value...)
	}
	return message
}

package aggregate

import "github.com/e-gov/tarastat/event"

// The dimensions of a cube, in the order of [Key].
const (
	dimClient = iota
	dimMethod
	dimOperation
	dimBank
	dimCountry
	dimError
	dims
)

// names gives out numbers for values, from 0 on.
type names struct {
	list   []string
	number map[string]uint32
}

// code returns the number of a value, giving out a new one when limit allows;
// beyond it, values count as [Other].
func (n *names) code(value string, limit uint32) uint32 {
	if v, ok := n.number[value]; ok {
		return v
	}
	if next := uint32(len(n.list)); next >= limit && value != Other { //nolint:gosec // limit bounds it
		return n.code(Other, limit+1)
	}
	if n.number == nil {
		n.number = make(map[string]uint32)
	}
	v := uint32(len(n.list)) //nolint:gosec // see above
	n.list = append(n.list, value)
	n.number[value] = v
	return v
}

// Most values of each dimension that its column can number, one being kept
// for [Other]. They are far beyond the caps of ingest, and only keep the
// coding sound for whoever fills a cube by other ways.
const (
	maxClients    = 1<<32 - 2
	maxTexts      = 1<<16 - 2
	maxMethods    = 1<<8 - 2
	maxOperations = 1<<8 - 2
)

func (c *Cube) encode(k Key) cell {
	return cell{
		client:    c.names[dimClient].code(k.ClientID, maxClients),
		method:    uint8(c.names[dimMethod].code(k.Method, maxMethods)),                  //nolint:gosec // bounded by the limit
		operation: uint8(c.names[dimOperation].code(string(k.Operation), maxOperations)), //nolint:gosec // same
		bank:      uint16(c.names[dimBank].code(k.Bank, maxTexts)),                       //nolint:gosec // same
		country:   uint16(c.names[dimCountry].code(k.Country, maxTexts)),                 //nolint:gosec // same
		error:     uint16(c.names[dimError].code(k.ErrorCode, maxTexts)),                 //nolint:gosec // same
	}
}

// numbers returns the coded values of a cell in the order of the dimensions.
func (s cell) numbers() [dims]uint32 {
	return [dims]uint32{
		uint32(s.client), uint32(s.method), uint32(s.operation),
		uint32(s.bank), uint32(s.country), uint32(s.error),
	}
}

func (c *Cube) key(v [dims]uint32, by Dim) Key {
	var t [dims]string
	for d := range dims {
		if by&(1<<d) != 0 {
			t[d] = c.names[d].list[v[d]]
		}
	}
	return Key{
		ClientID:  t[dimClient],
		Method:    t[dimMethod],
		Operation: event.Operation(t[dimOperation]),
		Bank:      t[dimBank],
		Country:   t[dimCountry],
		ErrorCode: t[dimError],
	}
}

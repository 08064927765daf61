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

// Most values of each dimension; beyond them, [Other] is counted. They are what
// the fields of a cell can number, far beyond the caps of ingest, and only keep
// the coding sound for whoever fills a cube by other ways.
const (
	maxClients    = 1<<24 - 1
	maxTexts      = 1<<16 - 1
	maxMethods    = 1<<8 - 1
	maxOperations = 1<<8 - 1
)

// names gives out numbers for the values of a dimension, from 0 on. A value
// keeps its number for good.
type names struct {
	list   []string
	number map[string]uint32
}

// code returns the number of a value, and gives out a new one below limit. The
// number limit itself is left to [Other].
func (n *names) code(value string, limit int) uint32 {
	if v, ok := n.number[value]; ok {
		return v
	}
	if len(n.list) >= limit && value != Other {
		return n.code(Other, limit)
	}
	if n.number == nil {
		n.number = make(map[string]uint32)
	}
	v := uint32(len(n.list)) //nolint:gosec // at most limit
	n.list = append(n.list, value)
	n.number[value] = v
	return v
}

func (c *Cube) encode(k Key) cell {
	return cell{
		client:    c.names[dimClient].code(k.ClientID, maxClients),
		method:    uint8(c.names[dimMethod].code(k.Method, maxMethods)),                  //nolint:gosec // at most the limit
		operation: uint8(c.names[dimOperation].code(string(k.Operation), maxOperations)), //nolint:gosec // same
		bank:      uint16(c.names[dimBank].code(k.Bank, maxTexts)),                       //nolint:gosec // same
		country:   uint16(c.names[dimCountry].code(k.Country, maxTexts)),                 //nolint:gosec // same
		error:     uint16(c.names[dimError].code(k.ErrorCode, maxTexts)),                 //nolint:gosec // same
	}
}

// numbers returns the coded values of a cell in the order of the dimensions.
func (s cell) numbers() [dims]uint32 {
	return [dims]uint32{
		s.client, uint32(s.method), uint32(s.operation),
		uint32(s.bank), uint32(s.country), uint32(s.error),
	}
}

// key gives the coded values of the asked dimensions their names back.
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

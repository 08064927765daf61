package aggregate

import (
	"cmp"

	"github.com/e-gov/tarastat/event"
)

// Other is the name under which a value is counted once there are more
// different ones than a cap allows, see [event.Other].
const Other = event.Other

// Key is what events are counted by. The order of the fields is the order in
// which rows are sorted; its first four are the specification's.
type Key struct {
	ClientID  string
	Method    string
	Operation event.Operation
	Bank      string
	Country   string
	ErrorCode string
}

// KeyOf returns the full key of e.
func KeyOf(e event.Event) Key {
	return Key{
		ClientID:  e.ClientID,
		Method:    e.Method,
		Operation: e.Operation,
		Bank:      e.Bank,
		Country:   e.Country,
		ErrorCode: e.ErrorCode(),
	}
}

// Compare orders keys field by field, by bytes.
func (k Key) Compare(o Key) int {
	return cmp.Or(
		cmp.Compare(k.ClientID, o.ClientID),
		cmp.Compare(k.Method, o.Method),
		cmp.Compare(k.Operation, o.Operation),
		cmp.Compare(k.Bank, o.Bank),
		cmp.Compare(k.Country, o.Country),
		cmp.Compare(k.ErrorCode, o.ErrorCode),
	)
}

// Dim is a set of fields to count by. The zero value counts everything
// together.
type Dim uint8

// The fields of [Key], to be joined with the or operator.
const (
	ByClient Dim = 1 << iota
	ByMethod
	ByOperation
	ByBank
	ByCountry
	ByErrorCode

	// ByStat is what the specification counts by.
	ByStat = ByClient | ByMethod | ByOperation | ByBank
	// ByAll is every field.
	ByAll = ByStat | ByCountry | ByErrorCode
)

// Keep returns k with every field emptied that d does not hold.
func (k Key) Keep(d Dim) Key {
	if d&ByClient == 0 {
		k.ClientID = ""
	}
	if d&ByMethod == 0 {
		k.Method = ""
	}
	if d&ByOperation == 0 {
		k.Operation = ""
	}
	if d&ByBank == 0 {
		k.Bank = ""
	}
	if d&ByCountry == 0 {
		k.Country = ""
	}
	if d&ByErrorCode == 0 {
		k.ErrorCode = ""
	}
	return k
}

// Match reports whether k has each value that f, as a filter, gives. An empty
// value asks for nothing.
func (f Key) Match(k Key) bool {
	return (f.ClientID == "" || f.ClientID == k.ClientID) &&
		(f.Method == "" || f.Method == k.Method) &&
		(f.Operation == "" || f.Operation == k.Operation) &&
		(f.Bank == "" || f.Bank == k.Bank) &&
		(f.Country == "" || f.Country == k.Country) &&
		(f.ErrorCode == "" || f.ErrorCode == k.ErrorCode)
}

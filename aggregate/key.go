package aggregate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/e-gov/tarastat/event"
)

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

// The fields of a Key by number, in their order.
const (
	dimClient = iota
	dimMethod
	dimOperation
	dimBank
	dimCountry
	dimError
	dims
)

// texts are the fields of k by number, keyOf puts them together again.
func (k Key) texts() [dims]string {
	return [dims]string{k.ClientID, k.Method, string(k.Operation), k.Bank, k.Country, k.ErrorCode}
}

func keyOf(t [dims]string) Key {
	return Key{
		ClientID:  t[dimClient],
		Method:    t[dimMethod],
		Operation: event.Operation(t[dimOperation]),
		Bank:      t[dimBank],
		Country:   t[dimCountry],
		ErrorCode: t[dimError],
	}
}

// Compare orders keys field by field, by bytes.
func (k Key) Compare(o Key) int {
	return cmp.Or( // written out: answers of many rows are sorted by it
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
	ByClient    Dim = 1 << dimClient
	ByMethod    Dim = 1 << dimMethod
	ByOperation Dim = 1 << dimOperation
	ByBank      Dim = 1 << dimBank
	ByCountry   Dim = 1 << dimCountry
	ByErrorCode Dim = 1 << dimError

	// ByStat is what the specification counts by.
	ByStat = ByClient | ByMethod | ByOperation | ByBank
	// ByAll is every field.
	ByAll = ByStat | ByCountry | ByErrorCode
)

// dimNames are the names of single fields, by number.
var dimNames = [dims]string{"client", "method", "operation", "bank", "country", "error"}

// String names the fields, in their order: "client,bank"; "" for none.
func (d Dim) String() string {
	var names []string
	for field, name := range dimNames {
		if d.has(field) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// MarshalText is [Dim.String].
func (d Dim) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the names of fields in any order.
func (d *Dim) UnmarshalText(text []byte) error {
	var read Dim
	if len(text) > 0 {
		for name := range strings.SplitSeq(string(text), ",") {
			field := slices.Index(dimNames[:], name)
			if field < 0 {
				return fmt.Errorf("aggregate: unknown field %q", name)
			}
			read |= 1 << field
		}
	}
	*d = read
	return nil
}

func (d Dim) has(field int) bool { return d&(1<<field) != 0 }

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

// Match reports whether o has each value that k, as a filter, gives. An empty
// value asks for nothing.
func (k Key) Match(o Key) bool {
	return (k.ClientID == "" || k.ClientID == o.ClientID) &&
		(k.Method == "" || k.Method == o.Method) &&
		(k.Operation == "" || k.Operation == o.Operation) &&
		(k.Bank == "" || k.Bank == o.Bank) &&
		(k.Country == "" || k.Country == o.Country) &&
		(k.ErrorCode == "" || k.ErrorCode == o.ErrorCode)
}

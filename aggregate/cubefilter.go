package aggregate

import (
	"cmp"
	"slices"
)

// cellFilter is a filter in numbers.
type cellFilter struct {
	set  Dim
	want [dims]uint32
}

// filter codes f. It reports false when f names a value that no sum has.
func (c *Cube) filter(f Key) (cellFilter, bool) {
	var out cellFilter
	for d, value := range [dims]string{
		f.ClientID, f.Method, string(f.Operation), f.Bank, f.Country, f.ErrorCode,
	} {
		if value == "" {
			continue
		}
		v, ok := c.names[d].number[value]
		if !ok {
			return out, false
		}
		out.set |= 1 << d
		out.want[d] = v
	}
	return out, true
}

// narrow returns the cells of the one client that is asked for, or all.
func (f *cellFilter) narrow(cells []cell) []cell {
	if f.set&ByClient == 0 {
		return cells
	}
	client := f.want[dimClient]
	byClient := func(s cell, client uint32) int { return cmp.Compare(s.client, client) }
	i, _ := slices.BinarySearchFunc(cells, client, byClient)
	j, _ := slices.BinarySearchFunc(cells[i:], client+1, byClient)
	return cells[i : i+j]
}

func (f *cellFilter) match(s cell) bool {
	return (f.set&ByClient == 0 || f.want[dimClient] == s.client) &&
		(f.set&ByMethod == 0 || f.want[dimMethod] == uint32(s.method)) &&
		(f.set&ByOperation == 0 || f.want[dimOperation] == uint32(s.operation)) &&
		(f.set&ByBank == 0 || f.want[dimBank] == uint32(s.bank)) &&
		(f.set&ByCountry == 0 || f.want[dimCountry] == uint32(s.country)) &&
		(f.set&ByErrorCode == 0 || f.want[dimError] == uint32(s.error))
}

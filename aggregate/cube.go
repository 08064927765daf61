package aggregate

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Cube holds sums by civil day in memory and answers queries from them. It
// costs 16 bytes a sum: about 2 million sums, or 32 MB, for a year of 600
// clients. It is safe for concurrent use; the zero value is ready.
type Cube struct {
	// Location is the zone whose days are given to Add; nil: the default zone. A
	// query of other days is none that c answers. It is set before the first use.
	Location *time.Location

	mu    sync.RWMutex
	names [dims]names
	days  []daySums // sorted by day, none without cells
}

// daySums are the sums of one day.
type daySums struct {
	day   Day
	total int64  // of all counts
	cells []cell // sorted by cell.compare, none with a count of 0
}

// cell is one sum, its key coded by the numbers that names gives out.
type cell struct {
	client               uint32
	bank, country, error uint16
	method, operation    uint8
	count                uint32
}

// Sum is one sum of a day.
type Sum struct {
	Key   Key
	Count int64
}

// Add adds n to the sum of one day and key; n may be negative. A sum that
// reaches zero is gone, one that would fall below is gone as well. A sum goes up
// to 2^32-1, which is far more than the events of a day, and stays there.
func (c *Cube) Add(d Day, k Key, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, held := c.find(d)
	if !held {
		if n <= 0 {
			return
		}
		c.days = slices.Insert(c.days, i, daySums{day: d})
	}
	c.days[i].add(c.encode(k), n)
	if len(c.days[i].cells) == 0 {
		c.days = slices.Delete(c.days, i, i+1)
	}
}

// Replace puts the sums of one day in the place of those held. Sums with equal
// keys are added up; counts below 1 are left out.
func (c *Cube) Replace(d Day, sums []Sum) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cells := make([]cell, 0, len(sums))
	for _, s := range sums {
		if s.Count > 0 {
			coded := c.encode(s.Key)
			coded.count = clamp(s.Count)
			cells = append(cells, coded)
		}
	}
	slices.SortFunc(cells, cell.compare) // each is then added at the end, where nothing must move
	fresh := daySums{day: d, cells: make([]cell, 0, len(cells))}
	for _, s := range cells {
		fresh.add(s, int64(s.count))
	}
	i, held := c.find(d)
	switch {
	case len(cells) == 0:
		c.drop(d, d)
	case held:
		c.days[i] = fresh
	default:
		c.days = slices.Insert(c.days, i, fresh)
	}
}

// Drop forgets the sums of the days from first to last, both included.
func (c *Cube) Drop(first, last Day) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(first, last)
}

func (c *Cube) drop(first, last Day) {
	i, j := c.span(first, last)
	c.days = slices.Delete(c.days, i, j)
}

// find returns where a day stands in c.days, or would.
func (c *Cube) find(d Day) (int, bool) {
	return slices.BinarySearchFunc(c.days, d, func(s daySums, d Day) int { return cmp.Compare(s.day, d) })
}

// span returns the part of c.days from first to last, as bounds of a slice.
func (c *Cube) span(first, last Day) (i, j int) {
	i, _ = c.find(first)
	j, held := c.find(last)
	if held {
		j++
	}
	return i, max(i, j)
}

// add adds n to the sum with the key of s.
func (d *daySums) add(s cell, n int64) {
	i, held := slices.BinarySearchFunc(d.cells, s, cell.compare)
	var before int64
	if held {
		before = int64(d.cells[i].count)
	}
	s.count = clamp(before + n)
	d.total += int64(s.count) - before
	switch {
	case held && s.count == 0:
		d.cells = slices.Delete(d.cells, i, i+1)
	case held:
		d.cells[i] = s
	case s.count > 0:
		d.cells = slices.Insert(d.cells, i, s)
	}
}

func clamp(n int64) uint32 { return uint32(min(max(n, 0), math.MaxUint32)) }

// compare orders cells by client first, so that those of one client stand
// together.
func (s cell) compare(o cell) int {
	if c := cmp.Compare(s.client, o.client); c != 0 {
		return c
	}
	return cmp.Compare(s.rest(), o.rest())
}

// rest is the key but for the client as one number.
func (s cell) rest() uint64 {
	return uint64(s.method)<<56 | uint64(s.operation)<<48 | uint64(s.error)<<32 |
		uint64(s.bank)<<16 | uint64(s.country)
}

// Bounds is how much there is.
type Bounds struct {
	Records     int64
	First, Last Day // civil days of the oldest and the newest event; 0 when Records is 0
}

// Seen is the first and the last day on which a client application had an
// event.
type Seen struct {
	ClientID    string
	First, Last Day
}

// Bounds returns how many events all sums amount to, and the days of the first
// and the last. It costs one addition a day held.
func (c *Cube) Bounds() Bounds {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(c.days) == 0 {
		return Bounds{}
	}
	b := Bounds{First: c.days[0].day, Last: c.days[len(c.days)-1].day}
	for _, d := range c.days {
		b.Records += d.total
	}
	return b
}

// Clients returns every client that has a sum, sorted by name. It looks at
// every sum: some 2 ms for two million.
func (c *Cube) Clients() []Seen {
	c.mu.RLock()
	defer c.mu.RUnlock()
	clients := c.names[dimClient].list
	seen := make([]Seen, len(clients)) // by number, without a name until found
	for _, d := range c.days {
		for _, s := range d.cells {
			known := &seen[s.client]
			if known.ClientID == "" {
				*known = Seen{ClientID: clients[s.client], First: d.day}
			}
			known.Last = d.day
		}
	}
	seen = slices.DeleteFunc(seen, func(s Seen) bool { return s.ClientID == "" })
	slices.SortFunc(seen, func(a, b Seen) int { return strings.Compare(a.ClientID, b.ClientID) })
	return seen
}

// Most values of each dimension; beyond them, [event.Other] is counted. They are what
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
// number limit itself is left to [event.Other].
func (n *names) code(value string, limit int) uint32 {
	if v, ok := n.number[value]; ok {
		return v
	}
	if len(n.list) >= limit && value != event.Other {
		return n.code(event.Other, limit)
	}
	if n.number == nil {
		n.number = make(map[string]uint32)
	}
	v := uint32(len(n.list))
	n.list = append(n.list, value)
	n.number[value] = v
	return v
}

func (c *Cube) encode(k Key) cell {
	return cell{
		client:    c.names[dimClient].code(k.ClientID, maxClients),
		method:    uint8(c.names[dimMethod].code(k.Method, maxMethods)),
		operation: uint8(c.names[dimOperation].code(string(k.Operation), maxOperations)),
		bank:      uint16(c.names[dimBank].code(k.Bank, maxTexts)),
		country:   uint16(c.names[dimCountry].code(k.Country, maxTexts)),
		error:     uint16(c.names[dimError].code(k.ErrorCode, maxTexts)),
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
		if by.has(d) {
			t[d] = c.names[d].list[v[d]]
		}
	}
	return keyOf(t)
}

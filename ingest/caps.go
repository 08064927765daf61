package ingest

import (
	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// The kinds of values of which only so many are told apart. What comes beyond
// is kept and counted as [event.Other], so that no sender can blow up the sums.
const (
	kindClient = iota
	kindMethod
	kindBank
	kindCountry
	kindErrorCode
	kinds
)

var (
	kindNames = [kinds]string{"client", "method", "bank", "country", "error code"}
	caps      = [kinds]int{10_000, 64, 256, 256, 256}
)

// capped holds the values seen of each kind.
type capped [kinds]map[string]struct{}

func newCapped() capped {
	var c capped
	for kind := range c {
		c[kind] = make(map[string]struct{})
	}
	return c
}

// learn takes in the values that the log base has, also beyond a cap.
func (c *capped) learn(known []aggregate.Key) {
	for _, key := range known {
		for k, v := range [kinds]string{key.ClientID, key.Method, key.Bank, key.Country, key.ErrorCode} {
			if v != "" {
				c[k][v] = struct{}{}
			}
		}
	}
}

// apply puts Other in the place of values that exceed a cap. It returns for
// each kind whether that happened.
func (c *capped) apply(e *event.Event) (over [kinds]bool) {
	for k, v := range [...]*string{&e.ClientID, &e.Method, &e.Bank, &e.Country} {
		if !c.known(k, *v) {
			*v, over[k] = event.Other, true
		}
	}
	if e.Error != "" && !c.known(kindErrorCode, e.ErrorCode()) {
		// The text stays; its code, which is what stands before the first
		// colon, becomes Other.
		e.Error, over[kindErrorCode] = event.Other+": "+e.Error, true
	}
	return over
}

// known reports whether v may be told apart, taking it in while there is room.
func (c *capped) known(kind int, v string) bool {
	if v == "" {
		return true
	}
	if _, ok := c[kind][v]; ok {
		return true
	}
	if len(c[kind]) >= caps[kind] {
		return v == event.Other
	}
	c[kind][v] = struct{}{}
	return true
}

package ingest

import (
	"cmp"
	"context"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// Caps bounds how many different values of a field are told apart. What comes
// beyond is kept and counted as [event.Other], so that no sender can blow up
// the sums. A zero field takes the default.
type Caps struct {
	Clients    int // 0: 10,000
	Methods    int // 0: 64
	Banks      int // 0: 256
	Countries  int // 0: 256
	ErrorCodes int // 0: 256
}

// The kinds of values that are capped.
const (
	kindClient = iota
	kindMethod
	kindBank
	kindCountry
	kindErrorCode
	kinds
)

var kindNames = [kinds]string{"client", "method", "bank", "country", "error code"}

// capped holds the values seen of each kind.
type capped struct {
	seen  [kinds]map[string]struct{}
	limit [kinds]int
}

func newCapped(c Caps) capped {
	out := capped{limit: [kinds]int{
		cmp.Or(max(c.Clients, 0), 10_000),
		cmp.Or(max(c.Methods, 0), 64),
		cmp.Or(max(c.Banks, 0), 256),
		cmp.Or(max(c.Countries, 0), 256),
		cmp.Or(max(c.ErrorCodes, 0), 256),
	}}
	for k := range out.seen {
		out.seen[k] = make(map[string]struct{})
	}
	return out
}

// learn takes in the values that the log base has, also beyond a cap.
func (c *capped) learn(ctx context.Context, dst Appender) error {
	for _, by := range []aggregate.Dim{
		aggregate.ByClient, aggregate.ByMethod, aggregate.ByBank, aggregate.ByCountry, aggregate.ByErrorCode,
	} {
		rows, err := dst.Sums(ctx, aggregate.Query{By: by})
		if err != nil {
			return err
		}
		for _, r := range rows {
			for k, v := range [kinds]string{r.Key.ClientID, r.Key.Method, r.Key.Bank, r.Key.Country, r.Key.ErrorCode} {
				if v != "" {
					c.seen[k][v] = struct{}{}
				}
			}
		}
	}
	return nil
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
	if _, ok := c.seen[kind][v]; ok {
		return true
	}
	if len(c.seen[kind]) >= c.limit[kind] {
		return v == event.Other
	}
	c.seen[kind][v] = struct{}{}
	return true
}

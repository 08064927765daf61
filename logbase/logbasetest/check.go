package logbasetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// sameTime compares instants; zones are a matter of writing.
var sameTime = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })

// samePeriod compares what periods mean and how they are written.
var samePeriod = cmp.Comparer(func(a, b aggregate.Period) bool {
	return a.From().Equal(b.From()) && a.To().Equal(b.To()) && a.String() == b.String()
})

// check compares everything a store can be asked with the model; queries and
// periods are samples.
func (b *base) check(rng *rand.Rand, queries int) {
	b.t.Helper()
	b.checkState()
	for range queries {
		b.checkQuery(b.randomQuery(rng))
	}
	p := b.randomPeriod(rng)
	b.checkExtent(p)
	b.checkRecords(p)
}

func (b *base) checkState() {
	b.t.Helper()
	ctx := b.t.Context()
	b.equal("Location", event.DefaultLocation().String(), b.store.Location().String(), nil)
	ids, err := b.store.IDs(ctx)
	b.equal("IDs", b.model.lastID, ids.Last, err)
	bounds, err := b.store.Bounds(ctx)
	b.equal("Bounds", b.model.bounds(), bounds, err)
	clients, err := b.store.Clients(ctx)
	b.equal("Clients", b.model.clients(), nonNil(clients), err)
	deletions, err := b.store.Deletions(ctx)
	b.equal("Deletions", nonNil(b.model.deletions), nonNil(deletions), err)
}

func (b *base) checkQuery(q aggregate.Query) {
	b.t.Helper()
	rows, err := b.store.Sums(b.t.Context(), q)
	want := aggregate.Count(b.model.events(), q)
	if err != nil || !cmp.Equal(want, nonNil(rows), sameTime) {
		b.t.Fatalf("Sums of %q in zone %s, filter %+v, by %#x, step %v: %v (-want +got):\n%s", q.Period.String(), q.Period.Location(),
			q.Filter, q.By, q.Step, err, differences(want, nonNil(rows)))
	}
}

func (b *base) checkExtent(p aggregate.Period) {
	b.t.Helper()
	x, err := b.store.Extent(b.t.Context(), p)
	b.equal("Extent of "+p.String(), b.model.extent(p), x, err)
}

func (b *base) checkRecords(p aggregate.Period) {
	b.t.Helper()
	got := []logbase.Record{}
	var err error
	for r, e := range b.store.Records(b.t.Context(), p) {
		if err = e; err != nil {
			break
		}
		got = append(got, r)
	}
	b.checkOrder(got)
	slices.SortFunc(got, byID)
	b.equal("Records of "+p.String(), b.model.in(p), got, err)
}

// checkOrder wants records by month and then by ID, in the years 2000 to 2099.
func (b *base) checkOrder(records []logbase.Record) {
	b.t.Helper()
	var month string
	var id int64
	for _, r := range records {
		t := r.Time.In(event.DefaultLocation())
		if t.Year() < 2000 || t.Year() > 2099 {
			continue
		}
		switch m := t.Format("2006-01"); {
		case m < month:
			b.t.Fatalf("Records: %s comes after %s", m, month)
		case m == month && r.ID <= id:
			b.t.Fatalf("Records: ID %d comes after %d in %s", r.ID, id, m)
		default:
			month, id = m, r.ID
		}
	}
}

// equal fails the test unless the store answered what was wanted.
func (b *base) equal(what string, want, got any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	if !cmp.Equal(want, got, sameTime, samePeriod) {
		b.t.Fatalf("%s (-want +got):\n%s", what, differences(want, got))
	}
}

// maxDifferences is how many lines of a difference are shown.
const maxDifferences = 40

// differences are what cmp.Diff tells, but not all of it when it is much.
func differences(want, got any) string {
	lines := strings.Split(cmp.Diff(want, got, sameTime, samePeriod), "\n")
	if more := len(lines) - maxDifferences; more > 0 {
		lines = append(lines[:maxDifferences], fmt.Sprintf("... and %d lines more", more))
	}
	return strings.Join(lines, "\n")
}

// nonNil makes an empty list of none: a store may return either.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

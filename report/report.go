package report

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// Source is what a report asks of a log base: methods of [logbase.Store]. It
// must be safe for concurrent use.
type Source interface {
	Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error)
	Bounds(ctx context.Context) (logbase.Bounds, error)
	Clients(ctx context.Context) ([]logbase.Seen, error)
	Deletions(ctx context.Context) ([]logbase.Deletion, error)
}

// Names says what things are called. It is asked for the value of one field
// (aggregate.ByClient and so on, an empty id for events that have none), and
// with aggregate.Dim 0 for the name of all together.
type Names interface {
	Name(by aggregate.Dim, id string) string
	Institution(client string) string // "" where it is not known

	// Compare returns the order of names, for use by one goroutine.
	Compare() func(a, b string) int
}

// Question is what a report is asked. The zero value asks for everything,
// compared with nothing.
type Question struct {
	Period     aggregate.Period // its zone is that of all days
	Comparison aggregate.Comparison
	Step       aggregate.Unit // Whole: one that fits the period
	Filter     aggregate.Key  // which events count
	Now        time.Time      // zero: time.Now()
	Names      Names          // nil: everything is called by its id
}

// Report answers a question. It is for one request: bounds and deletions are
// asked once, and so is of which days there is data, when something needs it
// first; what failed then stays so. It is safe for concurrent use.
type Report struct {
	Question
	Shown     aggregate.Period // what is divided into steps: Period, without open ends
	Bounds    logbase.Bounds
	BoundsErr error // why Bounds are not known; what needs them is then left out

	src    Source
	loc    *time.Location
	plan   Scope // without what takes coverage
	shared *shared
}

// shared is asked once for a report and those made of it.
type shared struct {
	scope, deletions sync.Once

	coverage    *Coverage
	coverageErr error
	noChange    Reason
	gaps        []Gap

	deleted    []logbase.Deletion
	deletedErr error
}

// New begins a report. It asks for the bounds of the data, and never fails:
// what the log base does not tell is left out, and the parts that need it say
// so themselves.
func New(ctx context.Context, src Source, q Question) *Report {
	r := &Report{Question: q, src: src, loc: q.Period.Location(), shared: &shared{}}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	r.Now = r.Now.In(r.loc)
	if r.Names == nil {
		r.Names = ids{}
	}
	r.Bounds, r.BoundsErr = src.Bounds(ctx)
	r.Shown = r.definite()
	r.plan = r.scope()
	return r
}

// Where returns the same report over other events.
func (r *Report) Where(f aggregate.Key) *Report {
	out := *r
	out.Filter = f
	out.plan.Measure = measureOf(f)
	return &out
}

// Deletions are those of the log base, the newest first.
func (r *Report) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	s := r.shared
	s.deletions.Do(func() { s.deleted, s.deletedErr = r.src.Deletions(ctx) })
	return s.deleted, s.deletedErr
}

// Standard is one of the specification's standard figures (section 2.2): the
// successful authentications of the day or month that it is now, whatever the
// question.
func (r *Report) Standard(ctx context.Context, u aggregate.Unit) (p aggregate.Period, n int64, err error) {
	p = aggregate.Of(u, r.Now, r.loc)
	rows, err := r.src.Sums(ctx, aggregate.Query{Period: p, Filter: aggregate.Key{Operation: Successes.Operation()}})
	for _, row := range rows {
		n += row.Count
	}
	return p, n, err
}

// ids call everything by its id.
type ids struct{}

func (ids) Name(_ aggregate.Dim, id string) string { return id }
func (ids) Institution(string) string              { return "" }
func (ids) Compare() func(a, b string) int         { return strings.Compare }

// query is one question to the source, with what came of it.
type query struct {
	aggregate.Query
	rows []aggregate.Row
	err  error
}

// ask answers queries at the same time, beside other parts. It returns the
// first error.
func (r *Report) ask(ctx context.Context, queries []*query, parts ...func()) error {
	for _, q := range queries {
		parts = append(parts, func() { q.rows, q.err = r.src.Sums(ctx, q.Query) })
	}
	Together(parts...)
	for _, q := range queries {
		if q.err != nil {
			return q.err
		}
	}
	return nil
}

// Together runs parts at the same time and waits for all of them. A panic is
// passed on to the caller.
func Together(parts ...func()) {
	var wg sync.WaitGroup
	var once sync.Once
	var panicked any
	for _, part := range parts {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					once.Do(func() { panicked = v })
				}
			}()
			part()
		})
	}
	wg.Wait()
	if panicked != nil {
		panic(panicked)
	}
}

package httpui

import (
	"sync"

	"github.com/e-gov/tarastat/aggregate"
)

// questions are queries that are asked of the log base at the same time. The
// zero value is ready.
type questions struct{ list []*answer }

// answer is a query with what came of it, once the questions were asked.
type answer struct {
	query aggregate.Query
	rows  []aggregate.Row
	err   error
}

// add puts in one more query and returns where its answer will be.
func (q *questions) add(query aggregate.Query) *answer {
	a := &answer{query: query}
	q.list = append(q.list, a)
	return a
}

// ask answers all questions. How many of them run at once is limited by
// Options.MaxQueries. A panic of the store is passed on to the caller.
func (r *request) ask(q *questions) {
	var wg sync.WaitGroup
	var once sync.Once
	var panicked any
	for _, a := range q.list {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					once.Do(func() { panicked = v })
				}
			}()
			a.rows, a.err = r.sums(a.query)
		})
	}
	wg.Wait()
	if panicked != nil {
		panic(panicked)
	}
}

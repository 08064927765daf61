package logbasetest_test

import (
	"context"
	"errors"
	"iter"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
)

// faults are what may be wrong with a store that is right otherwise.
var faults = map[string]fault{
	"none": {},

	"a sum is not written":                        {counted: butLast},
	"a replay is counted twice":                   {counted: each(func(r *logbase.Record) { r.ID += fresh.Add(1) << 40 })},
	"a record is given twice":                     {alter: keepsReplays},
	"days are those of UTC":                       {counted: each(inUTC)},
	"the end of a batch is lost":                  {kept: butLast},
	"error texts are cut":                         {kept: each(func(r *logbase.Record) { r.Error = r.Error[:min(len(r.Error), 8)] })},
	"records are out of order":                    {backward: true},
	"an hour has its end as well":                 {hourLonger: 1},
	"the filter is ignored":                       {alter: ignoresFilter},
	"rows are not sorted":                         {alter: unsorted},
	"a deletion is a day longer":                  {deletionLonger: 24 * time.Hour},
	"a deletion ignores UpTo":                     {ignoresUpTo: true},
	"a deletion is in no audit":                   {noAudit: true},
	"a deletion is audited when the records went": {alter: auditsAfterwards},
	"a deletion is never done":                    {alter: audits(func(d *logbase.Deletion) { d.Done = false })},
	"who deleted is lost":                         {alter: audits(func(d *logbase.Deletion) { d.By = "" })},
	"the oldest deletion is first":                {alter: audits(func(d *logbase.Deletion) { d.At = d.At.Add(time.Hour) })},
	"a deletion miscounts":                        {alter: miscounts},
	"a period without an end is deleted":          {alter: deletesAnything},
	"a refused period has no code":                {alter: refusesWith(logbase.ErrPeriod)},
	"a refused period has a wrong code":           {alter: refusesWith(logbase.WithCode(logbase.CodeRefused, logbase.ErrPeriod))},
	"a refused period is another error":           {alter: refusesWith(logbase.WithCode(logbase.CodeBadPeriod, errors.New("no")))},
	"the extent is that of everything":            {alter: extentOfEverything},
	"the extent has no UpTo":                      {alter: extents(func(x *logbase.Extent) { x.UpTo = 0 })},
	"bounds ignore deletions":                     {boundsStay: true},
	"ids go back with deletions":                  {idsGoBack: true},
	"opening again loses records":                 {loses: true},
	"of two batches at once one is lost":          {alter: unlocked},
	"an ended context has no code":                {alter: codeless},
	"an ended context is not named":               {alter: causeless},
	"a closed store works on":                     {alter: worksWhenClosed},
	"a second Close fails":                        {alter: closesOnce},
	"a record without an ID is kept":              {alter: takesAnyID},
	"half a batch is kept before a record is bad": {alter: refusesLate},
	"Records goes on when its reader broke off":   {alter: goesOn},
	"Append changes the batch":                    {alter: changesBatch},
	"Append keeps the caller's batch":             {alter: keepsBatch},
	"a call never returns":                        {alter: neverReturns},
	"a call goes on when its context has ended":   {alter: ignoresContext},
}

type fault struct {
	kept, counted                                                func([]logbase.Record) []logbase.Record // of what is handed over
	hourLonger, deletionLonger                                   time.Duration
	ignoresUpTo, noAudit, boundsStay, idsGoBack, backward, loses bool
	alter                                                        func(*altered)
}

// fresh makes ids that were not there before.
var fresh atomic.Int64

// store is a log base of parts, of which each may go wrong alone.
type store struct {
	fault
	logbase.Memory                // the records
	sums           logbase.Memory // what is counted by day
	ever           logbase.Memory // whatever was kept once

	mu    sync.Mutex
	audit []logbase.Deletion
}

func (s *store) Append(ctx context.Context, batch []logbase.Record) error {
	kept, counted := batch, batch
	if s.kept != nil {
		kept = s.kept(slices.Clone(batch))
	}
	if s.counted != nil {
		counted = s.counted(slices.Clone(batch))
	}
	return errors.Join(s.Memory.Append(ctx, kept), s.sums.Append(ctx, counted), s.ever.Append(ctx, kept))
}

func (s *store) IDs(ctx context.Context) (logbase.IDs, error) {
	ids, err := s.Memory.IDs(ctx)
	if deletions, _ := s.Deletions(ctx); s.idsGoBack && len(deletions) > 0 {
		ids.Last--
	}
	return ids, err
}

func (s *store) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if new(aggregate.Cube).Answers(q) {
		return s.sums.Sums(ctx, q)
	}
	q.Period = longer(q.Period, s.hourLonger)
	return s.Memory.Sums(ctx, q)
}

func (s *store) Bounds(ctx context.Context) (logbase.Bounds, error) {
	if s.boundsStay {
		return s.ever.Bounds(ctx)
	}
	return s.sums.Bounds(ctx)
}

func (s *store) Records(ctx context.Context, p aggregate.Period) iter.Seq2[logbase.Record, error] {
	if !s.backward {
		return s.Memory.Records(ctx, p)
	}
	return func(yield func(logbase.Record, error) bool) {
		var list []logbase.Record
		for r, err := range s.Memory.Records(ctx, p) {
			if err == nil {
				list = append(list, r)
			}
		}
		for _, r := range slices.Backward(list) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *store) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	wrong := d
	if wrong.Period = longer(d.Period, s.deletionLonger); s.ignoresUpTo {
		wrong.UpTo = math.MaxInt64
	}
	n, err := s.Memory.Delete(ctx, wrong)
	_, _ = s.sums.Delete(ctx, wrong) // fails as the other does
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.Records, d.Done = n, true; err == nil && !s.noAudit {
		s.audit = slices.Insert(s.audit, 0, d)
	}
	return n, err
}

func (s *store) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	_, err := s.Memory.Deletions(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.audit), err
}

func (s *store) Close() error {
	return errors.Join(s.Memory.Close(), s.sums.Close(), s.ever.Close())
}

// reopened is s after a restart.
func (s *store) reopened() logbase.Store {
	s.Reopen()
	s.sums.Reopen()
	s.ever.Reopen()
	if s.alter == nil {
		return s
	}
	a := &altered{Store: s}
	s.alter(a)
	return a
}

// butLast leaves out the last of a batch that is not short.
func butLast(batch []logbase.Record) []logbase.Record {
	return batch[:len(batch)-min(1, len(batch)/10)]
}

func each(f func(*logbase.Record)) func([]logbase.Record) []logbase.Record {
	return func(batch []logbase.Record) []logbase.Record {
		for i := range batch {
			f(&batch[i])
		}
		return batch
	}
}

// inUTC gives a record the local day that it has in UTC.
func inUTC(r *logbase.Record) {
	_, offset := r.Time.Zone()
	r.Time = r.Time.Add(-time.Duration(offset) * time.Second)
}

func longer(p aggregate.Period, by time.Duration) aggregate.Period {
	if !p.Bounded() || by == 0 {
		return p
	}
	return aggregate.Between(p.From(), p.To().Add(by), p.Location())
}

// foundBy finds the test that failed and its first sentence.
var foundBy = regexp.MustCompile(`--- FAIL: TestFaults/(\S+) [^\n]*\n\s+\S+: ([^\n]*)`)

// The suite passes a right store and finds each fault. It fails a test, so it
// runs in a process of its own.
func TestFaults(t *testing.T) {
	const variable = "LOGBASETEST_FAULT"
	if name, child := os.LookupEnv(variable); child {
		var bases sync.Map // by name: a base is opened again under its name
		logbasetest.Run(t, func(_ *testing.T, base string) logbase.Store {
			s, known := bases.LoadOrStore(base, &store{fault: faults[name]})
			if known && faults[name].loses {
				s = &store{}
			}
			return s.(*store).reopened()
		}, logbasetest.Options{Events: 200, Histories: 1, Patience: 2 * time.Second})
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range faults {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestFaults$", "-test.failfast")
			cmd.Env = append(os.Environ(), variable+"="+name)
			out, err := cmd.CombinedOutput()
			failed := err != nil && strings.Contains(string(out), "--- FAIL: TestFaults/")
			if failed != (name != "none") || !failed && err != nil {
				t.Errorf("found a fault: %v (%v)\n%s", failed, err, out)
			}
			if by := foundBy.FindSubmatch(out); failed && by != nil {
				t.Logf("found by %s in %.1f s: %s", by[1], time.Since(begun).Seconds(), by[2])
			}
		})
	}
}

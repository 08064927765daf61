package report_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// now is when every test takes place: a Saturday in Tallinn, in the middle of
// a month.
var now = time.Date(2018, 4, 28, 12, 30, 0, 0, event.DefaultLocation())

// source is a log base in memory that notes what it is asked, and fails as it
// is told.
type source struct {
	logbase.Memory
	events []event.Event
	fail   func(asked string) error // nil for never

	mu    sync.Mutex
	asked []string
}

func (s *source) add(events ...event.Event) {
	s.events = append(s.events, events...)
	s.Add(events...)
}

func (s *source) note(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
	if s.fail == nil {
		return nil
	}
	return s.fail(what)
}

func (s *source) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	if err := s.note(fmt.Sprint("sums ", q.Period, " ", q.By, " ", q.Step)); err != nil {
		return nil, err
	}
	return s.Memory.Sums(ctx, q)
}

func (s *source) Bounds(ctx context.Context) (logbase.Bounds, error) {
	if err := s.note("bounds"); err != nil {
		return logbase.Bounds{}, err
	}
	return s.Memory.Bounds(ctx)
}

func (s *source) Clients(ctx context.Context) ([]logbase.Seen, error) {
	if err := s.note("clients"); err != nil {
		return nil, err
	}
	return s.Memory.Clients(ctx)
}

func (s *source) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	if err := s.note("deletions"); err != nil {
		return nil, err
	}
	return s.Memory.Deletions(ctx)
}

// tally is what the oracle counts.
func (s *source) tally(p aggregate.Period, f aggregate.Key) aggregate.Tally {
	q := aggregate.Query{Period: p, Filter: f, By: aggregate.ByOperation}
	return aggregate.Total(aggregate.Count(slices.Values(s.events), q))
}

// at makes one event at a local time written as 2018-04-28T10:51.
func at(t testing.TB, text, client, method string, op event.Operation) event.Event {
	t.Helper()
	when, err := event.ParseTime(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return event.Event{Time: when, TimeText: text, ClientID: client, Method: method, Operation: op}
}

// days calls do for every day from first to last.
func days(t testing.TB, first, last string, do func(date string, i int)) {
	t.Helper()
	day, err := time.Parse(time.DateOnly, first)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; day.Format(time.DateOnly) <= last; i, day = i+1, day.AddDate(0, 0, 1) {
		do(day.Format(time.DateOnly), i)
	}
}

// spring is a year of events that end at now: two clients every day, one that
// stopped, one that began, banks, countries and errors.
func spring(t testing.TB) *source {
	t.Helper()
	s := &source{}
	days(t, "2017-04-01", "2018-04-28", func(date string, i int) {
		text := func(hour int) string { return fmt.Sprintf("%sT%02d:%02d", date, hour, i%60) }
		for n := range 2 + i%3 {
			s.add(at(t, text(8+n), "openIdDemo", event.MethodIDCard, event.OpStart),
				at(t, text(8+n), "openIdDemo", event.MethodIDCard, event.OpSuccess))
		}
		s.add(at(t, text(11), "emta", event.MethodMobileID, event.OpStart))
		failed := at(t, text(11), "emta", event.MethodMobileID, event.OpFailure)
		failed.Error = "USER_CANCEL: the user cancelled"
		s.add(failed)
		if date < "2018-01-28" {
			bank := at(t, text(10), "vana-rakendus", event.MethodBankLink, event.OpSuccess)
			bank.Bank = "SEB"
			s.add(bank)
		}
		if date > "2018-04-18" {
			abroad := at(t, text(10), "uus-rakendus", event.MethodEIDAS, event.OpSuccess)
			abroad.Country = "FI"
			s.add(abroad)
		}
	})
	return s
}

// steady is nine successes on every day from first to last, but on none of
// those left out.
func steady(t testing.TB, first, last string, leftOut ...string) *source {
	t.Helper()
	s := &source{}
	days(t, first, last, func(date string, _ int) {
		for hour := 9; hour < 18 && !slices.Contains(leftOut, date); hour++ {
			s.add(at(t, fmt.Sprintf("%sT%02d:01", date, hour), "a", event.MethodIDCard, event.OpSuccess))
		}
	})
	return s
}

func period(t testing.TB, text string) aggregate.Period {
	t.Helper()
	p, err := aggregate.ParsePeriod(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// about asks about a period, compared with the one before.
func about(t testing.TB, s report.Source, text string) *report.Report {
	t.Helper()
	return report.New(t.Context(), s, report.Question{Period: period(t, text), Comparison: aggregate.PreviousPeriod, Now: now})
}

// randomQuestion is one that people might ask, around the data of spring.
func randomQuestion(t testing.TB, rng *rand.Rand) report.Question {
	t.Helper()
	q := report.Question{Now: now, Comparison: aggregate.PreviousPeriod}
	day := time.Date(2017, 3, 1+rng.IntN(460), 0, 0, 0, 0, event.DefaultLocation())
	units := []aggregate.Unit{aggregate.DayUnit, aggregate.Week, aggregate.Month, aggregate.Quarter, aggregate.Year}
	switch n := rng.IntN(8); {
	case n < len(units):
		q.Period = aggregate.Of(units[n], day, nil)
	case n == 5:
		q.Period = aggregate.Between(day, day.AddDate(0, 0, 1+rng.IntN(200)), nil)
	case n == 6:
		q.Period = aggregate.Of(aggregate.Hour, day.Add(time.Duration(8+rng.IntN(4))*time.Hour), nil)
	default:
		q.Period = period(t, []string{"", "2017-1[0-2]", "T10:"}[rng.IntN(3)])
	}
	pick := func(odds int, field *string, values ...string) {
		if rng.IntN(odds) == 0 {
			*field = values[rng.IntN(len(values))]
		}
	}
	pick(3, &q.Filter.ClientID, "openIdDemo", "emta", "vana-rakendus", "nobody")
	pick(3, &q.Filter.Method, event.MethodIDCard, event.MethodBankLink)
	pick(15, &q.Filter.Bank, "SEB")
	pick(15, &q.Filter.ErrorCode, "USER_CANCEL")
	return q
}

// TestSumsAreThoseOfTheOracle asks random questions: whatever is asked, the
// parts add up to what the oracle counts.
func TestSumsAreThoseOfTheOracle(t *testing.T) {
	s := spring(t)
	rng := rand.New(rand.NewPCG(4, 2018))
	for range 200 {
		q := randomQuestion(t, rng)
		r := report.New(t.Context(), s, q)
		want := s.tally(q.Period, q.Filter)
		check := func(what string, got, want aggregate.Tally, err error) {
			t.Helper()
			if err != nil || got != want {
				t.Errorf("%v %+v: %s: %v, want %v; error %v", q.Period, q.Filter, what, got, want, err)
			}
		}
		sum := func(b report.Breakdown) (out aggregate.Tally) {
			for _, e := range b.Entries {
				out = out.Plus(e.Tally)
			}
			return out
		}
		for _, by := range []aggregate.Dim{aggregate.ByClient, aggregate.ByMethod} {
			b, err := r.Breakdown(t.Context(), by)
			check("total", b.Total.Tally, want, err)
			check("entries", sum(b), want, err)
			check("folded", sum(b.Fold(1)), want, err)
			trend, err := r.Trend(t.Context(), by)
			check("total in steps", trend.Breakdown.Total.Tally, want, err)
			if len(trend.Series.Points) == 0 {
				continue
			}
			var steps aggregate.Tally
			for _, p := range trend.Series.Points {
				steps = steps.Plus(p.Tally)
			}
			check("steps", steps, want, err)
			for _, e := range trend.Breakdown.Entries {
				var course int64
				for _, n := range e.Trend {
					course += n
				}
				if course != trend.Breakdown.Measure.Of(e.Tally) {
					t.Errorf("%v: %s: trend of %d, %v in all", q.Period, e.ID, course, e.Tally)
				}
			}
		}
		clients, err := r.ClientsInSteps(t.Context())
		check("clients", clients.Total.Tally, want, errors.Join(err, clients.Incomplete))
		codes, err := r.Breakdown(t.Context(), aggregate.ByErrorCode)
		check("error codes", codes.Total.Tally, aggregate.Tally{Failures: want.Failures}, err)
		countries, err := r.Countries(t.Context())
		check("sides of the border", sum(countries.Border), want, err)
		stat, err := r.Stat(t.Context())
		check("statistics", stat.Total(), want, err)
		byMethod := stat.By(aggregate.ByMethod)
		check("statistics by method", sum(byMethod), want, err)
		byBank := stat.By(aggregate.ByBank)
		check("statistics by bank", sum(byBank), byBank.Total.Tally, err)
	}
}

func TestOneQuestionOnce(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	r := about(t, s, "2018-03")
	report.Together(
		func() { _, _ = r.Clients(t.Context()) },
		func() { _, _ = r.Trend(t.Context(), aggregate.ByMethod) },
		func() { _, _ = r.Where(aggregate.Key{}).Breakdown(t.Context(), aggregate.ByBank) },
		func() { r.Scope(t.Context()) },
	)
	slices.Sort(s.asked)
	none, op := aggregate.Dim(0), aggregate.ByOperation
	want := []string{
		"bounds", "clients",
		fmt.Sprint("sums 2018-02-01/2018-03-31 ", none, " day"), // of which days there is data
		fmt.Sprint("sums 2018-02 ", op|aggregate.ByBank, " whole"),
		fmt.Sprint("sums 2018-02 ", op|aggregate.ByClient, " whole"),
		fmt.Sprint("sums 2018-02 ", op|aggregate.ByMethod, " whole"),
		fmt.Sprint("sums 2018-02-01/2018-03-03 ", op, " day"),
		fmt.Sprint("sums 2018-03 ", op|aggregate.ByBank, " whole"),
		fmt.Sprint("sums 2018-03 ", op|aggregate.ByClient, " whole"),
		fmt.Sprint("sums 2018-03 ", op|aggregate.ByMethod, " day"), // the steps, and what they come to
	}
	slices.Sort(want)
	is.Equal(cmp.Diff(want, s.asked), "") // and no deletions: no day is without data
}

func TestWhatFails(t *testing.T) {
	lost := errors.New("lost")
	failing := func(what string) func(string) error {
		return func(asked string) error {
			if strings.HasPrefix(asked, what) {
				return lost
			}
			return nil
		}
	}
	t.Run("bounds", func(t *testing.T) {
		is := is.New(t)
		s := spring(t)
		s.fail = failing("bounds")
		r := about(t, s, "2018-03")
		is.Equal(r.BoundsErr, lost)
		b, err := r.Breakdown(t.Context(), aggregate.ByClient)
		is.NoErr(err)
		is.Equal(b.Total.Tally, s.tally(period(t, "2018-03"), aggregate.Key{}))
		_, err = r.Gaps(t.Context())
		is.Equal(err, lost)
	})
	t.Run("coverage", func(t *testing.T) {
		is := is.New(t)
		s := spring(t)
		s.fail = failing("sums 2018-02-01/2018-03-31  day")
		r := about(t, s, "2018-03")
		b, err := r.Breakdown(t.Context(), aggregate.ByClient)
		is.NoErr(err)
		is.True(b.Total.Previous != nil && b.Total.Change == nil) // which days are compared is not known
		is.Equal(r.Scope(t.Context()).NoChange, report.UnknownCoverage)
		is.Equal(r.Scope(t.Context()).CoverageErr, lost)
	})
	t.Run("clients", func(t *testing.T) {
		is := is.New(t)
		s := spring(t)
		s.fail = failing("clients")
		c, err := about(t, s, "2018-04").Clients(t.Context())
		is.NoErr(err)
		is.Equal(c.Incomplete, lost)
		is.Equal(c.Summary().New, 0)
	})
	t.Run("sums", func(t *testing.T) {
		is := is.New(t)
		s := spring(t)
		s.fail = failing("sums")
		r := about(t, s, "2018-04")
		_, err := r.Clients(t.Context())
		is.Equal(err, lost)
		_, err = r.Trend(t.Context(), aggregate.ByMethod)
		is.Equal(err, lost)
		_, err = r.Stat(t.Context())
		is.Equal(err, lost)
		_, err = r.Countries(t.Context())
		is.Equal(err, lost)
		months, err := r.Months(t.Context())
		is.Equal(err, lost)
		is.Equal(months.Fit, report.Lengthened)
		_, _, err = r.Standard(t.Context(), aggregate.Month)
		is.Equal(err, lost)
	})
	t.Run("a panic", func(t *testing.T) {
		s := spring(t)
		s.fail = func(asked string) error {
			if strings.HasPrefix(asked, "sums") {
				panic("lost")
			}
			return nil
		}
		defer func() {
			if v := recover(); v != "lost" {
				t.Errorf("recovered %v", v)
			}
		}()
		_, _ = about(t, s, "2018-04").Clients(t.Context())
	})
}

func TestStandardFigures(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	r := about(t, s, "2017") // whatever is asked
	for unit, text := range map[aggregate.Unit]string{aggregate.DayUnit: "2018-04-28", aggregate.Month: "2018-04"} {
		p, n, err := r.Standard(t.Context(), unit)
		is.NoErr(err)
		is.Equal(p.String(), text)
		is.Equal(n, s.tally(p, aggregate.Key{}).Successes)
	}
}

// TestJSON holds the members that the API promises.
func TestJSON(t *testing.T) {
	is := is.New(t)
	s := &source{}
	for range 20 {
		s.add(at(t, "2018-04-26T10:51", "a", event.MethodIDCard, event.OpSuccess))
	}
	q := report.Question{Period: period(t, "2018-04-26"), Now: now}
	r := report.New(t.Context(), s, q)
	clients, err := r.Clients(t.Context())
	is.NoErr(err)
	series, err := r.Series(t.Context())
	is.NoErr(err)
	series.Points = series.Points[10:11]
	stat, err := r.Stat(t.Context())
	is.NoErr(err)
	const figures = `"attempts":0,"successes":20,"failures":0,"rate":1`
	for _, tt := range []struct {
		value any
		want  string
	}{
		{r.Scope(t.Context()), `{"period":{"text":"2018-04-26","from":"2018-04-26T00:00:00+03:00","to":"2018-04-27T00:00:00+03:00"},"compared":null,"reference":null}`},
		{report.Period{}, `{"text":"","from":null,"to":null}`},
		{clients.Breakdown, `{"entries":[{"id":"a","name":"a",` + figures + `,"share":1,"previous":null,"change":null,"first":"2018-04-26","last":"2018-04-26"}],` +
			`"total":{"id":"","name":"",` + figures + `,"share":1,"previous":null,"change":null}}`},
		{clients.Summary(), `{"total":{"id":"","name":"",` + figures + `,"share":1,"previous":null,"change":null},"activeClients":1,"newClients":0,"silentClients":0}`},
		{series, `{"step":"hour","points":[{"period":"2018-04-26T10","state":"complete",` + figures + `,"previous":null}]}`},
		{stat, `{"rows":[{"client":"a","method":"idcard",` + figures + `}]}`},
		{report.Gap{First: 1, Last: 2, Reason: report.DeletedData}, `{"first":"1970-01-02","last":"1970-01-03","reason":"deleted"}`},
	} {
		got, err := json.Marshal(tt.value)
		is.NoErr(err)
		is.Equal(string(got), tt.want)
	}
}

package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/report"
)

func TestDaysStandBesideTheSameWeekday(t *testing.T) {
	s := steady(t, "2017-01-01", "2018-04-28", "2018-02-14")
	tests := []struct {
		period     string
		comparison aggregate.Comparison
		without    int // days with nothing beside them
	}{
		{"2018-04", aggregate.PreviousPeriod, 3}, // of the days to come
		{"2018-03", aggregate.PreviousPeriod, 1},
		{"2018-03", aggregate.SameTimeLastYear, 0},
		{"2018-04-02/2018-04-20", aggregate.PreviousPeriod, 0},
	}
	for _, tt := range tests {
		is := is.New(t)
		r := report.New(t.Context(), s, report.Question{
			Period: period(t, tt.period), Comparison: tt.comparison, Step: aggregate.DayUnit, Now: now,
		})
		series, err := r.Series(t.Context())
		is.NoErr(err)
		without := 0
		for _, p := range series.Points {
			if p.Previous == nil {
				without++
				continue
			}
			is.Equal(period(t, p.Beside).From().Weekday(), p.Start.Weekday())
			is.True(p.Beside != "2018-02-14") // a gap is no zero
			is.True(p.BesideStart.Equal(period(t, p.Beside).From()))
			is.Equal(p.Previous.Successes, int64(9))
		}
		is.Equal(without, tt.without)
	}
}

func TestTrendsSayHowFarTheyHaveCome(t *testing.T) {
	is := is.New(t)
	s := steady(t, "2018-03-01", "2018-04-28")
	divided, err := about(t, s, "2018-04").InSteps(t.Context(), aggregate.ByMethod)
	is.NoErr(err)
	b := divided.Breakdown
	trend := b.Entries[0].Trend
	is.Equal(len(trend), 30)
	is.Equal(b.Begun, 28)
	is.Equal(trend[27:], []int64{9, 0, 0})
	clients, err := about(t, s, "2018-04").ClientsInSteps(t.Context())
	is.NoErr(err)
	is.Equal(clients.Entries[0].Trend, trend)
	is.Equal(clients.Begun, 28)
}

func TestWhatCannotBeDivided(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	r := about(t, s, "T10:")
	trend, err := r.Trend(t.Context(), aggregate.ByMethod)
	is.NoErr(err)
	is.Equal(len(trend.Series.Points), 0)
	is.Equal(trend.Breakdown.Total.Tally, s.tally(period(t, "T10:"), aggregate.Key{}))
	series, err := r.Series(t.Context())
	is.NoErr(err)
	is.Equal(series.Step, "whole")
	is.Equal(r.HasHours(), false)
	months, err := r.Months(t.Context())
	is.NoErr(err)
	is.Equal(len(months.Columns), 0)
}

func TestHours(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	r := about(t, s, "2018-04")
	is.True(r.HasHours())
	hours, err := r.Hours(t.Context())
	is.NoErr(err)
	weekday := map[time.Weekday]int{
		time.Monday: 0, time.Tuesday: 1, time.Wednesday: 2, time.Thursday: 3, time.Friday: 4, time.Saturday: 5, time.Sunday: 6,
	}
	var want report.Hours
	p := period(t, "2018-04")
	for _, e := range s.events {
		if local := e.Time.In(p.Location()); p.Contains(e.Time) {
			want[weekday[local.Weekday()]][local.Hour()]++
		}
	}
	is.Equal(cmp.Diff(want, hours), "")
	is.Equal(about(t, s, "2018-03/2018-04").HasHours(), false)
}

func TestNewAndSilentClients(t *testing.T) {
	s := spring(t)
	tests := []struct {
		period           string
		fresh, silent    []string
		active, anywhere int
	}{
		{"2018-04", []string{"uus-rakendus"}, nil, 3, 3},
		{"2018-02", nil, []string{"vana-rakendus"}, 2, 3},
		{"2017-04", nil, nil, 3, 3}, // the log base begins here: nobody is new
	}
	for _, tt := range tests {
		is := is.New(t)
		c, err := about(t, s, tt.period).Clients(t.Context())
		is.NoErr(err)
		var fresh, silent []string
		for _, e := range c.Entries {
			if e.New {
				fresh = append(fresh, e.ID)
			}
			if e.Silent {
				silent = append(silent, e.ID)
			}
		}
		is.Equal(fresh, tt.fresh)
		is.Equal(silent, tt.silent)
		sum := c.Summary()
		is.Equal([]int{sum.Active, sum.New, sum.Silent}, []int{tt.active, len(fresh), len(silent)})
		is.Equal(len(c.Entries), tt.anywhere)
	}
	is := is.New(t)
	seen, ok, err := about(t, s, "2018-04").Seen(t.Context(), "uus-rakendus")
	is.NoErr(err)
	is.True(ok)
	is.Equal(seen.First.String(), "2018-04-19")
	_, ok, err = about(t, s, "2018-04").Seen(t.Context(), "nobody")
	is.NoErr(err)
	is.True(!ok)
}

func TestLastUse(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	bank := at(t, "2018-02-03T10:00", "emta", event.MethodBankLink, event.OpSuccess)
	bank.Bank = "SEB"
	s.add(bank)
	q := report.Question{Period: period(t, "2017-05/2018-04"), Filter: aggregate.Key{Method: event.MethodBankLink}, Now: now}
	r := report.New(t.Context(), s, q)
	b, err := r.Breakdown(t.Context(), aggregate.ByClient)
	is.NoErr(err)
	is.Equal(b.Entries[0].ID, "vana-rakendus") // who used it most
	step, err := r.LastUse(t.Context(), &b)
	is.NoErr(err)
	is.Equal(step, aggregate.DayUnit)
	is.Equal([]string{b.Entries[0].ID, b.Entries[0].Last.String()}, []string{"emta", "2018-02-03"})
	is.Equal([]string{b.Entries[1].ID, b.Entries[1].Last.String()}, []string{"vana-rakendus", "2018-01-27"})
}

func TestBanksCountriesAndTheBorder(t *testing.T) {
	is := is.New(t)
	s := spring(t)
	banks, err := about(t, s, "2018-01").Breakdown(t.Context(), aggregate.ByBank)
	is.NoErr(err)
	is.Equal(len(banks.Entries), 1)
	is.Equal(banks.Total.Tally, s.tally(period(t, "2018-01"), aggregate.Key{Bank: "SEB"}))
	is.Equal(*banks.Entries[0].Share, 1.0)

	countries, err := about(t, s, "2018-04").Countries(t.Context())
	is.NoErr(err)
	abroad := s.tally(period(t, "2018-04"), aggregate.Key{Method: event.MethodEIDAS})
	is.Equal(len(countries.Entries), 1)
	is.Equal(countries.Entries[0].ID, "FI")
	is.Equal(countries.Total.Tally, abroad)
	is.Equal(len(countries.Border.Entries), 2)
	for _, e := range countries.Border.Entries {
		is.True(e.ID == report.Home || e.ID == report.Abroad && e.Tally == abroad)
	}
}

// TestMonthsAreOfThePeriod holds the clients by month against the events: their
// total is that of the period that is named, which is the one asked for unless
// that has a single month or very many.
func TestMonthsAreOfThePeriod(t *testing.T) {
	tests := []struct {
		period, shown string
		fit           report.Fit
		columns       int
	}{
		{"2017-11-22/2018-04-21", "2017-11-22/2018-04-21", report.AsAsked, 6},
		{"2018-Q1", "2018-Q1", report.AsAsked, 3},
		{"2018-02-28/2018-03-01", "2018-02-28/2018-03-01", report.AsAsked, 2},
		{"2018-04", "2017-05/2018-04", report.Lengthened, 12},
		{"2018-04-21", "2017-05-01/2018-04-21", report.Lengthened, 12},
		{"2018-04-21T10", "2017-05-01/2018-04-21", report.Lengthened, 12},
		{"2016/2018", "2017/2018", report.CutToEnd, 24},
	}
	s := spring(t)
	for _, tt := range tests {
		t.Run(tt.period, func(t *testing.T) {
			is := is.New(t)
			months, err := about(t, s, tt.period).Months(t.Context())
			is.NoErr(err)
			is.Equal(months.Fit, tt.fit)
			is.Equal(len(months.Columns), tt.columns)
			shown := period(t, tt.shown)
			is.True(months.Period.From().Equal(shown.From()) && months.Period.To().Equal(shown.To()))
			is.Equal(months.Total.Successes, s.tally(shown, aggregate.Key{}).Successes)
			for _, c := range append(months.Entries, months.Total) {
				for i, n := range c.Trend {
					month := aggregate.Between(months.Columns[i].Start, months.Columns[i].End, nil)
					is.Equal(n, s.tally(month, aggregate.Key{ClientID: c.ID}).Successes)
				}
				is.Equal(c.Successes, s.tally(shown, aggregate.Key{ClientID: c.ID}).Successes)
			}
			one := months.Keep(func(e *report.Entry) bool { return e.ID == "openIdDemo" })
			is.Equal(one.Total.Successes, one.Entries[0].Successes)
			is.Equal(one.Total.Trend, one.Entries[0].Trend)
		})
	}
}

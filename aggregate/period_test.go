package aggregate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

func TestPeriodContains(t *testing.T) {
	tests := []struct {
		text, at string
		want     bool
	}{
		{"", "1970-01-01T00:00:00Z", true},
		{"2018-04", "2018-03-31T20:59:59Z", false},
		{"2018-04", "2018-03-31T21:00:00Z", true}, // midnight in Tallinn
		{"2018-04", "2018-04-30T20:59:59Z", true},
		{"2018-04", "2018-04-30T21:00:00Z", false},
		{"2018-04-28T10", "2018-04-28T07:00:00Z", true},
		{"2018-04-28T10", "2018-04-28T08:00:00Z", false},
		{"2018-10-28T03", "2018-10-28T00:30:00Z", true}, // the first of the two hours
		{"2018-10-28T03", "2018-10-28T01:30:00Z", true}, // the second
		{"2018-10-28T03", "2018-10-28T02:00:00Z", false},
		{"2018-03-25T03", "2018-03-25T01:00:00Z", false}, // the hour is left out
		{"2018-W01", "2017-12-31T22:00:00Z", true},
		{"2018-04-01/2018-06-30", "2018-06-30T20:59:59Z", true},
		{"2018-04-01/2018-06-30", "2018-06-30T21:00:00Z", false},

		{"2018-0[4-6]", "2018-04-28T07:51:12Z", true},
		{"2018-0[4-6]", "2018-07-28T07:51:12Z", false},
		{"04-28", "2018-04-27T22:00:00Z", true}, // anywhere, in local time
		{"T10:51:12$", "2018-04-28T07:51:12Z", true},
		{"^10:51", "2018-04-28T07:51:12Z", false},
		{"T(0[89]|1[0-7])", "2018-04-28T05:00:00Z", true},
		{"2018-04-31", "2018-05-01T07:51:12Z", false}, // no such day
		{".", "1969-12-31T00:00:00Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.text+" "+tt.at, func(t *testing.T) {
			is := is.New(t)
			p := period(t, tt.text, "Europe/Tallinn")
			is.Equal(p.Contains(at(t, tt.at)), tt.want)
			is.Equal(p.Contains(at(t, tt.at).In(time.FixedZone("", -7*3600))), tt.want) // the event's zone is no matter
		})
	}
}

func TestPeriodKinds(t *testing.T) {
	tallinn := zone(t, "Europe/Tallinn")
	from, to := at(t, "2018-04-28T00:00:00+03:00"), at(t, "2018-04-30T00:00:00+03:00")
	between := func(from, to time.Time) aggregate.Period { return aggregate.Between(from, to, tallinn) }
	tests := []struct {
		name                           string
		p                              aggregate.Period
		everything, bounded, wholeDays bool
		days                           string
	}{
		{"zero value", aggregate.Period{}, true, false, true, ""},
		{"empty text", period(t, "", "UTC"), true, false, true, ""},
		{"open on both sides", between(time.Time{}, time.Time{}), true, false, true, ""},
		{"open end", between(from, time.Time{}), false, false, true, ""},
		{"open beginning", between(time.Time{}, to), false, false, true, ""},
		{"open end within a day", between(from.Add(1), time.Time{}), false, false, false, ""},
		{"expression", period(t, "2018-0[4-6]", ""), false, false, false, ""},
		{"expression that matches all", period(t, ".*", ""), false, false, false, ""},
		{"day", period(t, "2018-04-28", ""), false, true, true, "2018-04-28 2018-04-28"},
		{"hour", period(t, "2018-04-28T10", ""), false, true, false, "2018-04-28 2018-04-28"},
		{"hour before midnight", period(t, "2018-04-28T23", ""), false, true, false, "2018-04-28 2018-04-28"},
		{"week", period(t, "2018-W17", ""), false, true, true, "2018-04-23 2018-04-29"},
		{"range", between(from, to), false, true, true, "2018-04-28 2018-04-29"},
		{"range within days", between(from.Add(-1), to.Add(1)), false, true, false, "2018-04-27 2018-04-30"},
		{"day that begins at one", period(t, "2018-03-11", "America/Havana"), false, true, true, "2018-03-11 2018-03-11"},
		{"hour left out", period(t, "2018-03-25T03", ""), false, true, false, ""},
		{"day left out", period(t, "2011-12-30", "Pacific/Apia"), false, true, true, ""},
		{"empty", between(from, from), false, true, true, ""},
		{"backward", between(to, from), false, true, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(tt.p.Everything(), tt.everything)
			is.Equal(tt.p.Bounded(), tt.bounded)
			is.Equal(tt.p.WholeDays(), tt.wholeDays)
			first, last, ok := tt.p.Days()
			is.Equal(ok, tt.days != "")
			if ok {
				is.Equal(first.String()+" "+last.String(), tt.days)
			}
		})
	}
}

func TestPeriodRunning(t *testing.T) {
	is := is.New(t)
	p := period(t, "2018-04", "")
	is.True(!p.Running(p.From().Add(-1)))
	is.True(p.Running(p.From()))
	is.True(p.Running(p.To().Add(-1)))
	is.True(!p.Running(p.To()))
	is.True(!period(t, "", "").Running(p.From())) // everything has no end to wait for
	is.True(!period(t, "2018", "").Running(p.From().AddDate(1, 0, 0)))
	is.True(!period(t, "2018.*", "").Running(p.From())) // nor has an expression
}

func TestPeriodZone(t *testing.T) {
	is := is.New(t)
	is.Equal(aggregate.Period{}.Location(), event.DefaultLocation())
	is.Equal(period(t, "2018", "").Location(), event.DefaultLocation())
	kolkata := zone(t, "Asia/Kolkata")
	now := at(t, "2018-04-28T10:51:12Z")
	is.Equal(aggregate.Between(now, time.Time{}, kolkata).Location(), kolkata)
	is.Equal(stamp(aggregate.Between(now, time.Time{}, kolkata).From()), "2018-04-28T16:21:12+05:30")
	is.Equal(stamp(aggregate.Between(now, time.Time{}, nil).From()), "2018-04-28T13:51:12+03:00")
	is.Equal(stamp(aggregate.Of(aggregate.Hour, now, kolkata).From()), "2018-04-28T16:00:00+05:30")
	is.Equal(stamp(aggregate.Of(aggregate.Hour, now, nil).From()), "2018-04-28T13:00:00+03:00")
}

func TestOf(t *testing.T) {
	now := at(t, "2018-04-28T10:51:12+03:00")
	tests := []struct {
		unit aggregate.Unit
		want string
	}{
		{aggregate.Whole, ""},
		{aggregate.Hour, "2018-04-28T10"},
		{aggregate.DayUnit, "2018-04-28"},
		{aggregate.Week, "2018-W17"},
		{aggregate.Month, "2018-04"},
		{aggregate.Quarter, "2018-Q2"},
		{aggregate.Year, "2018"},
	}
	for _, tt := range tests {
		t.Run(tt.unit.String(), func(t *testing.T) {
			is := is.New(t)
			p := aggregate.Of(tt.unit, now, nil)
			is.Equal(p.String(), tt.want)
			is.Equal(p.Unit(), tt.unit)
			is.Equal(boundsOf(p), boundsOf(period(t, tt.want, "")))
		})
	}
}

func TestBetweenText(t *testing.T) {
	tests := []struct{ from, to, want string }{
		{"2018-04-28T00:00:00+03:00", "2018-04-30T00:00:00+03:00", "2018-04-28/2018-04-29"},
		{"2018-04-28T00:00:00+03:00", "2018-04-29T00:00:00+03:00", "2018-04-28/2018-04-28"},
		{"2018-04-01T00:00:00+03:00", "2018-05-01T00:00:00+03:00", "2018-04-01/2018-04-30"},
		{"2018-04-28T10:00:00+03:00", "2018-04-28T12:00:00+03:00", "2018-04-28T10/2018-04-28T11"},
		{"2018-04-28T00:00:00+03:00", "2018-04-28T12:00:00+03:00", "2018-04-28T00/2018-04-28T11"},
		{"2018-10-28T03:00:00+03:00", "2018-10-28T04:00:00+02:00", "2018-10-28T03/2018-10-28T03"},
		{"2018-03-25T02:00:00+02:00", "2018-03-25T04:00:00+03:00", "2018-03-25T02/2018-03-25T02"},
		// What cannot be written exactly is written as the hours it touches.
		{"2018-04-28T10:51:12+03:00", "2018-04-28T12:00:01+03:00", "2018-04-28T10/2018-04-28T12"},
		{"2018-10-28T03:00:00+02:00", "2018-10-28T04:00:00+02:00", "2018-10-28T03/2018-10-28T03"},
		// What has no written form.
		{"2018-04-28T00:00:00+03:00", "", "2018-04-28T00:00:00+03:00/.."},
		{"", "2018-04-28T00:00:00+03:00", "../2018-04-28T00:00:00+03:00"},
		{"2018-04-28T00:00:00+03:00", "2018-04-28T00:00:00+03:00", "2018-04-28T00:00:00+03:00/2018-04-28T00:00:00+03:00"},
		{"2018-04-28T00:00:00+03:00", "2018-04-27T00:00:00+03:00", "2018-04-28T00:00:00+03:00/2018-04-27T00:00:00+03:00"},
		{"1582-12-31T00:00:00+01:39", "2018-04-27T00:00:00+03:00", "1582-12-31T00:00:00+01:39/2018-04-27T00:00:00+03:00"},
		{"", "", ""}, // everything
	}
	for _, tt := range tests {
		t.Run(tt.from+" "+tt.to, func(t *testing.T) {
			is := is.New(t)
			p := aggregate.Between(at(t, tt.from), at(t, tt.to), zone(t, "Europe/Tallinn"))
			is.Equal(p.String(), tt.want)
			if !strings.Contains(tt.want, ":") && tt.want != "" {
				read := period(t, tt.want, "")
				is.True(!read.From().After(p.From()))
				is.True(!read.To().Before(p.To()))
			}
		})
	}
}

func TestShift(t *testing.T) {
	tests := []struct {
		zone, text     string
		n              int
		want, wantBack string // "": none
	}{
		{"", "2018-04-28T10", 1, "2018-04-28T11", "2018-04-28T10"},
		{"", "2018-04-28T23", 1, "2018-04-29T00", "2018-04-28T23"},
		{"", "2018-04-28T10", -11, "2018-04-27T23", "2018-04-28T10"},
		{"", "2018-04-28", 1, "2018-04-29", "2018-04-28"},
		{"", "2018-04-28", 0, "2018-04-28", "2018-04-28"},
		{"", "2018-02-28", 1, "2018-03-01", "2018-02-28"},
		{"", "2020-02-28", 1, "2020-02-29", "2020-02-28"},
		{"", "2018-03-25", 1, "2018-03-26", "2018-03-25"},
		{"", "2018-10-28", -1, "2018-10-27", "2018-10-28"},
		{"", "2015-W53", 1, "2016-W01", "2015-W53"},
		{"", "2021-W01", -1, "2020-W53", "2021-W01"},
		{"", "2026-W52", 2, "2027-W01", "2026-W52"},
		{"", "2018-12", 1, "2019-01", "2018-12"},
		{"", "2018-01", -13, "2016-12", "2018-01"},
		{"", "2018-Q4", 1, "2019-Q1", "2018-Q4"},
		{"", "2018", 3, "2021", "2018"},
		{"", "2018-04-01/2018-06-30", 1, "2018-07-01/2018-09-30", "2018-04-01/2018-06-30"}, // three months
		{"", "2018-01/2018-02", -1, "2017-11-01/2017-12-31", "2018-01-01/2018-02-28"},
		{"", "2018-04-20/2018-04-28", 1, "2018-04-29/2018-05-07", "2018-04-20/2018-04-28"}, // nine days
		{"", "2018-03-20/2018-03-26", 1, "2018-03-27/2018-04-02", "2018-03-20/2018-03-26"}, // over a change
		{"", "2018-04-28T10/2018-04-28T12", 1, "2018-04-28T13/2018-04-28T15", "2018-04-28T10/2018-04-28T12"},

		{"", "2018-10-28T02", 1, "2018-10-28T03", "2018-10-28T02"},
		{"", "2018-10-28T03", 1, "2018-10-28T04", "2018-10-28T03"}, // both hours of the name
		{"", "2018-10-28T03", -1, "2018-10-28T02", "2018-10-28T03"},
		{"", "2018-03-25T02", 1, "2018-03-25T04", "2018-03-25T02"}, // 03 is left out
		{"", "2018-03-25T03", 1, "2018-03-25T04", "2018-03-25T02"},
		{"", "2018-03-25T03", -1, "2018-03-25T02", "2018-03-25T04"},
		{"Pacific/Apia", "2011-12-29", 1, "2011-12-31", "2011-12-29"},
		{"Pacific/Apia", "2011-12-31", -1, "2011-12-29", "2011-12-31"},
		{"Pacific/Apia", "2011-12-30", 1, "2011-12-31", "2011-12-29"},
		{"America/Havana", "2018-03-10", 1, "2018-03-11", "2018-03-10"},
		{"America/Havana", "2018-03-10T23", 1, "2018-03-11T01", "2018-03-10T23"},
		{"Australia/Lord_Howe", "2018-04-01T01", 1, "2018-04-01T02", "2018-04-01T01"},

		{"", "9999", 1, "", ""},
		{"", "1583-01", -1, "", ""},
		{"", "9999-12-31/9999-12-31", 1, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.text, func(t *testing.T) {
			is := is.New(t)
			got, ok := period(t, tt.text, tt.zone).Shift(tt.n)
			is.Equal(ok, tt.want != "")
			if !ok {
				return
			}
			is.Equal(got.String(), tt.want)
			is.Equal(boundsOf(got), boundsOf(period(t, tt.want, tt.zone)))
			back, ok := got.Shift(-tt.n)
			is.True(ok)
			is.Equal(back.String(), tt.wantBack)
		})
	}
}

func TestShiftOfWhatIsNotBounded(t *testing.T) {
	is := is.New(t)
	for _, p := range []aggregate.Period{
		{},
		period(t, "2018-0[4-6]", ""),
		aggregate.Between(at(t, "2018-04-28T00:00:00+03:00"), time.Time{}, nil),
	} {
		for _, n := range []int{-1, 0, 1} {
			_, ok := p.Shift(n)
			is.True(!ok)
		}
	}
}

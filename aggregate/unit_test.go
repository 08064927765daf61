package aggregate_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
)

func TestParseUnit(t *testing.T) {
	is := is.New(t)
	names := []string{"whole", "hour", "day", "week", "month", "quarter", "year"}
	for i, name := range names {
		u, ok := aggregate.ParseUnit(name)
		is.True(ok)
		is.Equal(u, aggregate.Unit(i))
		is.Equal(u.String(), name)
	}
	for _, name := range []string{"", "Day", "days", "tund", " day", "7"} {
		u, ok := aggregate.ParseUnit(name)
		is.True(!ok)
		is.Equal(u, aggregate.Whole)
	}
	is.Equal(aggregate.Unit(7).String(), "") // no unit
}

func TestUnitStartAndAdd(t *testing.T) {
	const now = "2018-04-28T10:51:12+03:00" // a Saturday
	tests := []struct {
		unit       aggregate.Unit
		n          int
		start, add string
	}{
		{aggregate.Whole, 1, "", ""},
		{aggregate.Hour, 0, "2018-04-28T10:00:00+03:00", "2018-04-28T10:00:00+03:00"},
		{aggregate.Hour, 1, "2018-04-28T10:00:00+03:00", "2018-04-28T11:00:00+03:00"},
		{aggregate.Hour, -11, "2018-04-28T10:00:00+03:00", "2018-04-27T23:00:00+03:00"},
		{aggregate.EachDay, 1, "2018-04-28T00:00:00+03:00", "2018-04-29T00:00:00+03:00"},
		{aggregate.EachDay, -28, "2018-04-28T00:00:00+03:00", "2018-03-31T00:00:00+03:00"},
		{aggregate.EachDay, -40, "2018-04-28T00:00:00+03:00", "2018-03-19T00:00:00+02:00"},
		{aggregate.Week, 1, "2018-04-23T00:00:00+03:00", "2018-04-30T00:00:00+03:00"},
		{aggregate.Week, -17, "2018-04-23T00:00:00+03:00", "2017-12-25T00:00:00+02:00"},
		{aggregate.Month, 1, "2018-04-01T00:00:00+03:00", "2018-05-01T00:00:00+03:00"},
		{aggregate.Month, -4, "2018-04-01T00:00:00+03:00", "2017-12-01T00:00:00+02:00"},
		{aggregate.Month, 9, "2018-04-01T00:00:00+03:00", "2019-01-01T00:00:00+02:00"},
		{aggregate.Quarter, 1, "2018-04-01T00:00:00+03:00", "2018-07-01T00:00:00+03:00"},
		{aggregate.Quarter, -2, "2018-04-01T00:00:00+03:00", "2017-10-01T00:00:00+03:00"},
		{aggregate.Year, 1, "2018-01-01T00:00:00+02:00", "2019-01-01T00:00:00+02:00"},
		{aggregate.Year, -1, "2018-01-01T00:00:00+02:00", "2017-01-01T00:00:00+02:00"},
	}
	tallinn := zone(t, "Europe/Tallinn")
	for _, tt := range tests {
		t.Run(tt.unit.String(), func(t *testing.T) {
			is := is.New(t)
			is.Equal(stamp(tt.unit.Start(at(t, now).In(tallinn))), tt.start)
			is.Equal(stamp(tt.unit.Add(at(t, now).In(tallinn), tt.n)), tt.add)
		})
	}
}

func TestWeekBeginsOnMonday(t *testing.T) {
	is := is.New(t)
	for d := range 7 {
		day := time.Date(2018, 4, 23+d, 23, 59, 59, 0, time.UTC)
		is.Equal(stamp(aggregate.Week.Start(day)), "2018-04-23T00:00:00Z")
	}
}

func TestDate(t *testing.T) {
	tests := []struct {
		year  int
		month time.Month
		day   int
		want  aggregate.Day
		text  string
	}{
		{1970, 1, 1, 0, "1970-01-01"},
		{1970, 1, 2, 1, "1970-01-02"},
		{1969, 12, 31, -1, "1969-12-31"},
		{1969, 1, 1, -365, "1969-01-01"},
		{1900, 3, 1, -25508, "1900-03-01"}, // 1900 was no leap year
		{1, 1, 1, -719162, "0001-01-01"},
		{2000, 2, 29, 11016, "2000-02-29"},
		{2018, 4, 28, 17649, "2018-04-28"},
		{2018, 4, 31, 17652, "2018-05-01"}, // normalised
		{2018, 13, 0, 17896, "2018-12-31"}, // normalised
		{9999, 12, 31, 2932896, "9999-12-31"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			is := is.New(t)
			d := aggregate.Date(tt.year, tt.month, tt.day)
			is.Equal(d, tt.want)
			is.Equal(d.String(), tt.text)
			is.Equal(aggregate.DayOf(d.Start(time.UTC), time.UTC), d)
			is.Equal(aggregate.DayOf(d.Start(time.UTC).Add(24*time.Hour-1), time.UTC), d)
			is.Equal(aggregate.DayOf(d.Start(time.UTC).Add(-1), time.UTC), d-1)
		})
	}
}

func TestDayOfIsLocal(t *testing.T) {
	tests := []struct{ at, zone, want string }{
		{"2018-04-27T21:00:00Z", "Europe/Tallinn", "2018-04-28"},
		{"2018-04-27T20:59:59Z", "Europe/Tallinn", "2018-04-27"},
		{"2018-01-27T22:00:00Z", "Europe/Tallinn", "2018-01-28"},
		{"2018-04-28T03:59:59Z", "America/New_York", "2018-04-27"},
		{"2018-04-28T18:30:00Z", "Asia/Kolkata", "2018-04-29"},
		{"1969-12-31T23:00:00Z", "Europe/Tallinn", "1970-01-01"},
		{"1969-12-31T20:00:00Z", "UTC", "1969-12-31"},
		// The second 23:30 of 6 November, when the 7th had begun for a minute.
		{"2010-11-07T03:00:00Z", "America/St_Johns", "2010-11-07"},
		// Alaska had begun the 19th, and went over to America's side of the date line.
		{"1867-10-19T06:00:00Z", "America/Juneau", "1867-10-19"},
	}
	for _, tt := range tests {
		t.Run(tt.at, func(t *testing.T) {
			is.New(t).Equal(aggregate.DayOf(at(t, tt.at), zone(t, tt.zone)).String(), tt.want)
		})
	}
}

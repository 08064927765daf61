package aggregate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
)

// Days, hours and months at the changes of the clock, at which they have
// another length than usual.
func TestLengthsAtChangesOfTheClock(t *testing.T) {
	const tallinn = "Europe/Tallinn"
	tests := []struct {
		zone, text string
		want       time.Duration
	}{
		{tallinn, "2018-03-24", 24 * time.Hour},
		{tallinn, "2018-03-25", 23 * time.Hour},
		{tallinn, "2018-03-25T02", time.Hour},
		{tallinn, "2018-03-25T03", 0},
		{tallinn, "2018-03-25T04", time.Hour},
		{tallinn, "2018-W12", 167 * time.Hour},
		{tallinn, "2018-03", 31*24*time.Hour - time.Hour},
		{tallinn, "2018-10-28", 25 * time.Hour},
		{tallinn, "2018-10-28T02", time.Hour},
		{tallinn, "2018-10-28T03", 2 * time.Hour},
		{tallinn, "2018-10-28T04", time.Hour},
		{tallinn, "2018-10-28T03/2018-10-28T03", 2 * time.Hour},
		{tallinn, "2018-03-25T03/2018-03-25T03", 0},
		{tallinn, "2018", 365 * 24 * time.Hour},
		{tallinn, "2020", 366 * 24 * time.Hour},
		{tallinn, "2020-02", 29 * 24 * time.Hour},
		{tallinn, "2048-12-31", 24 * time.Hour}, // past the table of the zone database, and a leap year
		{tallinn, "2048-12-31T23", time.Hour},
		{tallinn, "9999-12-31T23", time.Hour},
		{"America/Havana", "2018-03-11", 23 * time.Hour}, // 00:00 is left out
		{"America/Havana", "2018-03-11T00", 0},
		{"America/Havana", "2018-11-04", 25 * time.Hour}, // 00:00 comes twice
		{"America/Havana", "2018-11-04T00", 2 * time.Hour},
		{"Pacific/Apia", "2011-12-29", 24 * time.Hour},
		{"Pacific/Apia", "2011-12-30", 0}, // left out
		{"Pacific/Apia", "2011-12-30T12", 0},
		{"Pacific/Apia", "2011-12-31", 24 * time.Hour},
		{"Pacific/Apia", "2011-12", 30 * 24 * time.Hour},
		{"Pacific/Kanton", "1994-12-31", 0},
		{"Pacific/Kanton", "1995-01-01", 24 * time.Hour},
		{"Asia/Kolkata", "2018-04-28T10", time.Hour},
		{"Asia/Kolkata", "2018-04-28", 24 * time.Hour},
		{"Australia/Lord_Howe", "2018-10-07", 24*time.Hour - 30*time.Minute},
		{"Australia/Lord_Howe", "2018-10-07T02", 30 * time.Minute},
		{"Australia/Lord_Howe", "2018-04-01", 24*time.Hour + 30*time.Minute},
		{"Australia/Lord_Howe", "2018-04-01T01", 90 * time.Minute},
		{"America/St_Johns", "2010-11-06", 24 * time.Hour}, // 00:01 goes back to 23:01 of the day before
		{"America/St_Johns", "2010-11-07", 25 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.text, func(t *testing.T) {
			p := period(t, tt.text, tt.zone)
			if got := p.To().Sub(p.From()); got != tt.want {
				t.Errorf("%s to %s lasts %s, want %s", stamp(p.From()), stamp(p.To()), got, tt.want)
			}
			is.New(t).Equal(p.String(), tt.text)
		})
	}
}

// One event each minute from noon to noon over a change: every way of counting
// the day finds as many as the day has minutes, and each event falls on one day
// only.
func TestDaySumsAtChangesOfTheClock(t *testing.T) {
	tests := []struct {
		zone, day string
		want      int64
	}{
		{"Europe/Tallinn", "2018-03-25", 23 * 60},
		{"Europe/Tallinn", "2018-10-28", 25 * 60},
		{"America/Havana", "2018-03-11", 23 * 60},
		{"America/Havana", "2018-11-04", 25 * 60},
		{"Australia/Lord_Howe", "2018-10-07", 23*60 + 30},
		{"Australia/Lord_Howe", "2018-04-01", 24*60 + 30},
		{"America/St_Johns", "2010-11-07", 25 * 60},
		{"Pacific/Apia", "2011-12-30", 0},
		{"Pacific/Apia", "2011-12-31", 24 * 60},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.day, func(t *testing.T) {
			is := is.New(t)
			p := period(t, tt.day, tt.zone)
			loc := p.Location()
			sent := slices.Collect(every(time.Minute, p.From().Add(-12*time.Hour), p.To().Add(12*time.Hour)))

			is.Equal(sum(count(sent, aggregate.Query{Period: p})), tt.want)

			cube := aggregate.Cube{Location: loc}
			for _, e := range sent {
				cube.Add(aggregate.DayOf(e.Time, loc), aggregate.KeyOf(e), 1)
			}
			is.Equal(sum(cube.Rows(aggregate.Query{Period: p})), tt.want)
			is.Equal(cube.Bounds().Records, int64(len(sent)))

			for _, step := range []aggregate.Unit{aggregate.Hour, aggregate.DayUnit} {
				counted := count(sent, aggregate.Query{Period: p, By: aggregate.ByOperation, Step: step})
				var total int64
				for _, point := range aggregate.Series(counted, p, step) {
					is.Equal(point.Successes, int64(point.End.Sub(point.Start)/time.Minute)) // one event a minute
					total += point.Successes
				}
				is.Equal(total, tt.want)
			}
		})
	}
}

func TestHourStepsAtChangesOfTheClock(t *testing.T) {
	tests := []struct {
		zone, from, to string
		want           []string
	}{
		{"Europe/Tallinn", "2018-03-25T02", "2018-03-25T04", []string{
			"2018-03-25T02:00:00+02:00", "2018-03-25T04:00:00+03:00",
		}},
		{"Europe/Tallinn", "2018-10-28T02", "2018-10-28T04", []string{
			"2018-10-28T02:00:00+03:00", "2018-10-28T03:00:00+03:00",
			"2018-10-28T03:00:00+02:00", "2018-10-28T04:00:00+02:00",
		}},
		{"Australia/Lord_Howe", "2018-04-01T01", "2018-04-01T02", []string{
			"2018-04-01T01:00:00+11:00", "2018-04-01T01:30:00+10:30", "2018-04-01T02:00:00+10:30",
		}},
		{"Australia/Lord_Howe", "2018-10-07T01", "2018-10-07T03", []string{
			"2018-10-07T01:00:00+10:30", "2018-10-07T02:30:00+11:00", "2018-10-07T03:00:00+11:00",
		}},
		{"Pacific/Chatham", "2024-09-29T02", "2024-09-29T04", []string{
			"2024-09-29T02:00:00+12:45", "2024-09-29T03:45:00+13:45", "2024-09-29T04:00:00+13:45",
		}},
		{"Asia/Kolkata", "2018-04-28T10", "2018-04-28T11", []string{
			"2018-04-28T10:00:00+05:30", "2018-04-28T11:00:00+05:30",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.from, func(t *testing.T) {
			p := period(t, tt.from+"/"+tt.to, tt.zone)
			rows := aggregate.Count(every(time.Minute, p.From(), p.To()), aggregate.Query{Period: p, Step: aggregate.Hour})
			var counted, shown []string
			for _, r := range rows {
				counted = append(counted, stamp(r.Start))
			}
			for _, point := range aggregate.Series(rows, p, aggregate.Hour) {
				shown = append(shown, stamp(point.Start))
			}
			if diff := cmp.Diff(tt.want, counted); diff != "" {
				t.Errorf("rows: %s", diff)
			}
			if diff := cmp.Diff(tt.want, shown); diff != "" {
				t.Errorf("series: %s", diff)
			}
		})
	}
}

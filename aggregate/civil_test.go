package aggregate_test

import (
	"math/rand/v2"
	"sort"
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
		{aggregate.DayUnit, 1, "2018-04-28T00:00:00+03:00", "2018-04-29T00:00:00+03:00"},
		{aggregate.DayUnit, -28, "2018-04-28T00:00:00+03:00", "2018-03-31T00:00:00+03:00"},
		{aggregate.DayUnit, -40, "2018-04-28T00:00:00+03:00", "2018-03-19T00:00:00+02:00"},
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

// zones have among them every kind of change that a clock has seen since 1970:
// by an hour, half an hour, two hours, 44:30 minutes and a whole day; at
// midnight, into midnight and a minute after it; for good and twice a year.
var zones = []string{
	"UTC", "Europe/Tallinn", "Europe/Helsinki", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow",
	"Europe/Istanbul", "Europe/Kyiv", "Europe/Samara", "Atlantic/Azores", "Atlantic/Reykjavik", "Africa/Cairo",
	"Africa/Casablanca", "Africa/Monrovia", "Africa/Windhoek", "America/New_York", "America/St_Johns", "America/Moncton",
	"America/Goose_Bay", "America/Havana", "America/Sao_Paulo", "America/Asuncion", "America/Santiago", "America/Caracas",
	"America/Guyana", "America/Paramaribo", "America/Nuuk", "America/Scoresbysund", "America/Port-au-Prince",
	"America/Los_Angeles", "America/Anchorage", "Asia/Amman", "Asia/Beirut", "Asia/Gaza", "Asia/Jerusalem", "Asia/Tehran",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Pyongyang", "Asia/Singapore", "Asia/Tbilisi", "Australia/Lord_Howe",
	"Australia/Adelaide", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein",
	"Pacific/Kanton", "Antarctica/Troll", "Antarctica/Casey",
}

// changes returns the days from 1970 to 2100 on which the clock of loc is
// changed.
func changes(loc *time.Location) []aggregate.Day {
	const week = 7 * 24 * time.Hour
	offset := func(t time.Time) int {
		_, seconds := t.In(loc).Zone()
		return seconds
	}
	var found []aggregate.Day
	for t := time.Unix(0, 0); t.Year() < 2100; t = t.Add(week) {
		if offset(t) == offset(t.Add(week)) {
			continue
		}
		minutes := sort.Search(int(week/time.Minute), func(i int) bool {
			return offset(t.Add(time.Duration(i)*time.Minute)) != offset(t)
		})
		found = append(found, aggregate.DayOf(t.Add(time.Duration(minutes)*time.Minute), loc))
	}
	return found
}

// randomDays returns days of which some are next to a change of the clock and
// some next to the turn of a year.
func randomDays(r *rand.Rand, loc *time.Location, n int) []aggregate.Day {
	changed := changes(loc)
	days := make([]aggregate.Day, n)
	for i := range days {
		switch r.IntN(3) {
		case 0:
			days[i] = aggregate.Date(1970, 1, 2+r.IntN(130*365))
		case 1:
			days[i] = aggregate.Date(1971+r.IntN(130), 1, r.IntN(3)-1)
		default:
			if len(changed) > 0 {
				days[i] = changed[r.IntN(len(changed))] + pick[aggregate.Day](r, -1, 0, 1)
			}
		}
	}
	return days
}

// date is what the clock shows at t, without a thought of having been put back.
func date(t time.Time) aggregate.Day { return aggregate.Date(t.Date()) }

// onOddDays calls try for some days of every zone.
func onOddDays(t *testing.T, days int, try func(t *testing.T, r *rand.Rand, loc *time.Location, d aggregate.Day)) {
	t.Helper()
	r := random(t)
	for _, name := range zones {
		t.Run(name, func(t *testing.T) {
			loc := zone(t, name)
			for _, d := range randomDays(r, loc, days) {
				try(t, r, loc, d)
			}
		})
	}
}

// The definition, by trying every half minute: a day begins when the clock
// first shows its date or a later one, and lasts until the next day begins.
func TestDayStartInEveryZone(t *testing.T) {
	const tick = 30 * time.Second // divides every change since 1970
	onOddDays(t, 4, func(t *testing.T, _ *rand.Rand, loc *time.Location, d aggregate.Day) {
		t.Helper()
		noon := time.Unix(int64(d)*86400+43200, 0).In(loc)
		want := noon.Add(-54 * time.Hour) // beyond any offset and any change
		for date(want) < d {
			want = want.Add(tick)
		}
		if got := d.Start(loc); !got.Equal(want) {
			t.Fatalf("%s begins at %s, want %s", d, stamp(got), stamp(want))
		}
	})
}

func TestDaysFollowOneAnother(t *testing.T) {
	onOddDays(t, 40, func(t *testing.T, r *rand.Rand, loc *time.Location, d aggregate.Day) {
		t.Helper()
		start, next := d.Start(loc), (d + 1).Start(loc)
		if !start.Before(next) { // a day left out
			if got := aggregate.DayOf(start, loc); got != d+1 {
				t.Fatalf("%s is left out, but %s lies in %s", d, stamp(start), got)
			}
			return
		}
		inside := start.Add(time.Duration(r.Int64N(int64(next.Sub(start)))))
		for _, at := range []time.Time{start, inside, next.Add(-1)} {
			if got := aggregate.DayOf(at, loc); got != d {
				t.Fatalf("%s lies in %s, want %s", stamp(at), got, d)
			}
			if got := aggregate.DayUnit.Start(at); !got.Equal(start) {
				t.Fatalf("the day of %s begins at %s, want %s", stamp(at), stamp(got), stamp(start))
			}
		}
	})
}

// A step contains what begins in it, and steps follow one another without gap
// or overlap, whatever the clock does. A period made of one unit contains the
// instant it was made for, and is the neighbour of its neighbours.
func TestUnitsFollowOneAnother(t *testing.T) {
	onOddDays(t, 30, func(t *testing.T, r *rand.Rand, loc *time.Location, d aggregate.Day) {
		t.Helper()
		at := d.Start(loc).Add(time.Duration(r.Int64N(int64(26 * time.Hour))))
		for u := aggregate.Hour; u <= aggregate.Year; u++ {
			checkStep(t, u, at)
			checkPeriod(t, u, at)
		}
	})
}

func checkStep(t *testing.T, u aggregate.Unit, at time.Time) {
	t.Helper()
	start, next := u.Start(at), u.Add(at, 1)
	if start.After(at) || !next.After(at) {
		t.Fatalf("%s %s to %s does not contain %s", u, stamp(start), stamp(next), stamp(at))
	}
	if again := u.Start(start); !again.Equal(start) {
		t.Fatalf("%s that begins at %s begins at %s", u, stamp(start), stamp(again))
	}
	if last := u.Start(next.Add(-1)); !last.Equal(start) {
		t.Fatalf("%s from %s to %s: its end lies in %s", u, stamp(start), stamp(next), stamp(last))
	}
	if !u.Start(next).Equal(next) {
		t.Fatalf("next %s %s is no beginning", u, stamp(next))
	}
	// The day before may be one that is left out, which has no length.
	if back := u.Add(next, -1); u != aggregate.DayUnit && !back.Equal(start) {
		t.Fatalf("%s before %s begins at %s, want %s", u, stamp(next), stamp(back), stamp(start))
	}
	if u == aggregate.Hour && next.Sub(start) > time.Hour {
		t.Fatalf("the hour from %s lasts %s", stamp(start), next.Sub(start))
	}
}

func checkPeriod(t *testing.T, u aggregate.Unit, at time.Time) {
	t.Helper()
	p := aggregate.Of(u, at, at.Location())
	if !p.Contains(at) {
		t.Fatalf("%s does not contain %s", p, stamp(at))
	}
	if q := period(t, p.String(), at.Location().String()); boundsOf(q) != boundsOf(p) {
		t.Fatalf("%s parses to %v, want %v", p, boundsOf(q), boundsOf(p))
	}
	after, _ := p.Shift(1)
	before, _ := p.Shift(-1)
	if !after.From().Equal(p.To()) || !before.To().Equal(p.From()) {
		t.Fatalf("%s stands between %s and %s", p, before, after)
	}
	if back, _ := after.Shift(-1); back.String() != p.String() {
		t.Fatalf("%s there and back is %s", p, back)
	}
}

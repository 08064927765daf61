package aggregate_test

import (
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

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

// The definition, by trying every half minute: a day begins when the clock
// first shows its date or a later one, and lasts until the next day begins.
func TestDayStartInEveryZone(t *testing.T) {
	const tick = 30 * time.Second // divides every change since 1970
	r := random(t)
	for _, name := range zones {
		loc := zone(t, name)
		for _, d := range randomDays(r, loc, 4) {
			noon := time.Unix(int64(d)*86400+43200, 0).In(loc)
			want := noon.Add(-54 * time.Hour) // beyond any offset and any change
			for date(want) < d {
				want = want.Add(tick)
			}
			if got := d.Start(loc); !got.Equal(want) {
				t.Fatalf("%s: %s begins at %s, want %s", name, d, stamp(got), stamp(want))
			}
		}
	}
}

func TestDaysFollowOneAnother(t *testing.T) {
	r := random(t)
	for _, name := range zones {
		loc := zone(t, name)
		for _, d := range randomDays(r, loc, 40) {
			start, next := d.Start(loc), (d + 1).Start(loc)
			if !start.Before(next) { // a day left out
				if got := aggregate.DayOf(start, loc); got != d+1 {
					t.Fatalf("%s: %s is left out, but %s lies in %s", name, d, stamp(start), got)
				}
				continue
			}
			inside := start.Add(time.Duration(r.Int64N(int64(next.Sub(start)))))
			for _, at := range []time.Time{start, inside, next.Add(-1)} {
				if got := aggregate.DayOf(at, loc); got != d {
					t.Fatalf("%s: %s lies in %s, want %s", name, stamp(at), got, d)
				}
				if got := aggregate.EachDay.Start(at); !got.Equal(start) {
					t.Fatalf("%s: the day of %s begins at %s, want %s", name, stamp(at), stamp(got), stamp(start))
				}
			}
		}
	}
}

// A step contains what begins in it, and steps follow one another without gap
// or overlap, whatever the clock does.
func TestStepsFollowOneAnother(t *testing.T) {
	r := random(t)
	for _, name := range zones {
		loc := zone(t, name)
		for _, d := range randomDays(r, loc, 30) {
			at := d.Start(loc).Add(time.Duration(r.Int64N(int64(26 * time.Hour))))
			for u := aggregate.Hour; u <= aggregate.Year; u++ {
				start, next := u.Start(at), u.Add(at, 1)
				if start.After(at) || !next.After(at) {
					t.Fatalf("%s: %s %s to %s does not contain %s", name, u, stamp(start), stamp(next), stamp(at))
				}
				if again := u.Start(start); !again.Equal(start) {
					t.Fatalf("%s: %s that begins at %s begins at %s", name, u, stamp(start), stamp(again))
				}
				if last := u.Start(next.Add(-1)); !last.Equal(start) {
					t.Fatalf("%s: %s from %s to %s: its end lies in %s", name, u, stamp(start), stamp(next), stamp(last))
				}
				if !u.Start(next).Equal(next) {
					t.Fatalf("%s: next %s %s is no beginning", name, u, stamp(next))
				}
				// The day before may be one that is left out, which has no length.
				if back := u.Add(next, -1); u != aggregate.EachDay && !back.Equal(start) {
					t.Fatalf("%s: %s before %s begins at %s, want %s", name, u, stamp(next), stamp(back), stamp(start))
				}
				if u == aggregate.Hour && next.Sub(start) > time.Hour {
					t.Fatalf("%s: the hour from %s lasts %s", name, stamp(start), next.Sub(start))
				}
			}
		}
	}
}

// A period made of one unit contains the instant it was made for, and is the
// neighbour of its neighbours.
func TestPeriodsFollowOneAnother(t *testing.T) {
	r := random(t)
	for _, name := range zones {
		loc := zone(t, name)
		for _, d := range randomDays(r, loc, 30) {
			at := d.Start(loc).Add(time.Duration(r.Int64N(int64(26 * time.Hour))))
			for u := aggregate.Hour; u <= aggregate.Year; u++ {
				p := aggregate.Of(u, at, loc)
				if !p.Contains(at) {
					t.Fatalf("%s: %s does not contain %s", name, p, stamp(at))
				}
				if q := period(t, p.String(), name); boundsOf(q) != boundsOf(p) {
					t.Fatalf("%s: %s parses to %v, want %v", name, p, boundsOf(q), boundsOf(p))
				}
				after, _ := p.Shift(1)
				before, _ := p.Shift(-1)
				if !after.From().Equal(p.To()) || !before.To().Equal(p.From()) {
					t.Fatalf("%s: %s stands between %s and %s", name, p, before, after)
				}
				if back, _ := after.Shift(-1); back.String() != p.String() {
					t.Fatalf("%s: %s there and back is %s", name, p, back)
				}
			}
		}
	}
}

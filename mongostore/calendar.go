package mongostore

import (
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

// dayNumber is a civil day as it stands in the base: 20180428. People read it
// in the shell, it sorts, and unlike a text it has no width to outgrow.
type dayNumber int32

// noDay is the day of a record whose time cannot be read.
const noDay dayNumber = 0

func numberOf(d aggregate.Day) dayNumber {
	t := time.Unix(int64(d)*24*60*60, 0).UTC()
	return dayNumber(t.Year()*10000 + int(t.Month())*100 + t.Day()) //nolint:gosec // a sender's year has four digits
}

// day is the inverse of numberOf.
func (n dayNumber) day() aggregate.Day {
	year, rest := int(n)/10000, int(n)%10000
	if rest < 0 {
		year, rest = year-1, rest+10000
	}
	return aggregate.Date(year, time.Month(rest/100), rest%100)
}

func numbersOf(days []aggregate.Day) []dayNumber {
	out := make([]dayNumber, len(days))
	for i, d := range days {
		out[i] = numberOf(d)
	}
	return out
}

func daysOf(numbers []dayNumber) []aggregate.Day {
	out := make([]aggregate.Day, 0, len(numbers))
	for _, n := range numbers {
		if n != noDay {
			out = append(out, n.day())
		}
	}
	return out
}

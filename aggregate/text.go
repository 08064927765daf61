package aggregate

import (
	"fmt"
	"time"
)

const hourLayout = "2006-01-02T15"

// unitText writes the unit that begins at the reading r as parseUnit reads it,
// or "" when its year cannot be written.
func unitText(u Unit, r time.Time) string {
	year, week := r.Year(), 0
	if u == Week {
		year, week = r.ISOWeek()
	}
	if year < firstYear || year > lastYear {
		return ""
	}
	switch u {
	case Hour:
		return r.Format(hourLayout)
	case Week:
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Month:
		return r.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", year, (r.Month()+2)/3)
	case Year:
		return r.Format("2006")
	default:
		return r.Format(time.DateOnly)
	}
}

// rangeText writes a bounded period as a range of days, or of hours when it
// does not consist of days. It is "" where there is no such form.
func rangeText(p Period) string {
	if !p.Bounded() || !p.from.Before(p.to) {
		return ""
	}
	unit := Hour
	if p.WholeDays() {
		unit = EachDay
	}
	first, last := unitText(unit, reading(p.from)), unitText(unit, reading(p.to.Add(-1)))
	if first == "" || last == "" {
		return ""
	}
	return first + "/" + last
}

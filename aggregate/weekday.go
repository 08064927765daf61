package aggregate

// SameWeekdays returns the days to hold beside those of current one by one: as
// many as current has, beginning with the day of the same weekday that is
// nearest to the beginning of reference, at most three days from it. A Monday
// then stands beside a Monday, where by date it would stand beside a Saturday.
// Use it for what is drawn day by day; totals belong to reference itself, see
// [Period.Compare].
//
// It returns reference as it is unless both are bounded and consist of whole
// days.
func SameWeekdays(current, reference Period) Period {
	first, last, ok := current.Days()
	begin, _, okRef := reference.Days()
	if !ok || !okRef || !current.WholeDays() || !reference.WholeDays() {
		return reference
	}
	const week = 7
	move := ((first-begin)%week + week) % week
	if move > week/2 {
		move -= week
	}
	begin += move
	loc := reference.Location()
	return Between(begin.Start(loc), (begin + last - first + 1).Start(loc), loc)
}

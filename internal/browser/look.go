package browser

// Texts returns the visible texts of the elements that match a CSS selector,
// with single spaces in the place of any space, also of those that do not
// break.
func (t *Tab) Texts(selector string) []string {
	t.tb.Helper()
	return Ask[[]string](t, "texts", selector)
}

// Table returns the cells of the first table that matches, row by row, head
// and foot included, also when it is folded away.
func (t *Tab) Table(selector string) [][]string {
	t.tb.Helper()
	return Ask[[][]string](t, "table", selector)
}

// Stop is where the focus is.
type Stop struct {
	Name   string // of the element, for a person who reads a failure; "": nowhere
	Index  int    // in what Tabbable returns, -1: not among them
	Ring   bool   // the focus can be seen
	InView bool   // at least a part of the element can be seen
}

// Focus returns where the focus is.
func (t *Tab) Focus() Stop {
	t.tb.Helper()
	return Ask[Stop](t, "focus")
}

// Tabbable returns the names of all elements that the Tab key should reach.
func (t *Tab) Tabbable() []string {
	t.tb.Helper()
	return Ask[[]string](t, "tabbable")
}

// Overflow is empty when the page has no horizontal scroll bar; else it is the
// width and what sticks out.
func (t *Tab) Overflow() []string {
	t.tb.Helper()
	return Ask[[]string](t, "overflow")
}

// Shifts returns what moved on the page so far, with the score of each layout
// shift; see the Layout Instability API.
func (t *Tab) Shifts() []string {
	t.tb.Helper()
	return Ask[[]string](t, "shifts")
}

// Inline returns what has a style or a script in the page itself.
func (t *Tab) Inline() []string {
	t.tb.Helper()
	return Ask[[]string](t, "inline")
}

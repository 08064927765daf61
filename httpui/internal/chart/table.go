package chart

// Table is the data of a chart as rows.
type Table struct {
	Head  []string // the names of the columns; the first is that of the labels
	Rows  []Row
	Total []int64 // the sums of the columns from the second on
}

// Row is one step or part of a chart.
type Row struct {
	Label string
	Href  string // where the chart links to; "" for no link
	Note  string // what is to be known of the row: it is running, or has a gap
	Cells []Cell // in the order of the head
}

// Cell is one figure of a row.
type Cell struct {
	N    int64
	None bool // there is no figure, which is not the same as zero
}

// newTable sums up rows.
func newTable(head []string, rows []Row) Table {
	t := Table{Head: head, Rows: rows, Total: make([]int64, len(head)-1)}
	for _, r := range rows {
		for i, c := range r.Cells {
			t.Total[i] += c.N
		}
	}
	return t
}

// tableOf is the table of a chart of columns: the series, their sum where
// there is a word for it, and the period compared with where it has a name.
func tableOf(w Words, series []Series, columns []Column, reference string) Table {
	head := []string{w.Step}
	for _, s := range series {
		head = append(head, s.Name)
	}
	if w.Total != "" {
		head = append(head, w.Total)
	}
	if reference != "" {
		head = append(head, reference)
	}
	rows := make([]Row, 0, len(columns))
	for _, c := range columns {
		cells := make([]Cell, 0, len(head)-1)
		sum := c.sum(len(series))
		none := c.State == Gap && sum == 0
		for i := range series {
			cells = append(cells, Cell{c.value(i), none})
		}
		if w.Total != "" {
			cells = append(cells, Cell{sum, none})
		}
		if reference != "" {
			cells = append(cells, Cell{c.reference(), !c.HasReference})
		}
		rows = append(rows, Row{Label: c.Name, Href: c.Href, Note: w.note(c), Cells: cells})
	}
	return newTable(head, rows)
}

// note says in words what state a column is in.
func (w Words) note(c Column) string {
	var word string
	switch c.State {
	case Running:
		word = w.Running
	case Partial:
		word = w.Partial
	case Gap:
		word = w.Gap
	case Complete:
		return ""
	}
	if c.Reason == "" {
		return word
	}
	if word == "" {
		return c.Reason
	}
	return word + ": " + c.Reason
}

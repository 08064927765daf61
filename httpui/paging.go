package httpui

import (
	"strconv"
	"strings"
)

// paramPage says which part of a long table is shown: the id of the table, a
// hyphen, and a number from 1 on or allPages.
const (
	paramPage = "page"
	allPages  = "all"
)

// pageRows is how many rows a long table shows at once.
const pageRows = 50

// paginate cuts a long table to the part that the address asks for. The total
// stays that of all rows, and files hold all of them.
func (r *request) paginate(v *view, g *grid, rows int) {
	n := len(g.Rows)
	if n <= rows || v.query.Get(paramFormat) != "" {
		return
	}
	at := func(part string) string { return v.here(param{paramPage, g.ID + "-" + part}) + "#" + g.ID }
	asked, _ := strings.CutPrefix(v.query.Get(paramPage), g.ID+"-")
	if asked == allPages {
		g.Pages = []link{{Text: r.text.T("table.firstPage"), URL: at("1")}}
		return
	}
	last := (n + rows - 1) / rows
	part, err := strconv.Atoi(asked)
	if err != nil || part < 1 || part > last {
		part = 1
	}
	first := (part - 1) * rows
	end := min(n, first+rows)
	g.Rows = g.Rows[first:end]
	g.More = r.text.T("table.shown", first+1, end, n)
	if part > 1 {
		g.Pages = append(g.Pages, link{Text: r.text.T("table.previousPage"), URL: at(strconv.Itoa(part - 1))})
	}
	if part < last {
		g.Pages = append(g.Pages, link{Text: r.text.T("table.nextPage"), URL: at(strconv.Itoa(part + 1))})
	}
	g.Pages = append(g.Pages, link{Text: r.text.T("table.showAll"), URL: at(allPages)})
}

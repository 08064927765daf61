package chart

import (
	"html/template"
	"strconv"
	"time"

	"github.com/e-gov/tarastat/aggregate"
)

// Cover says how much data there is of a day.
type Cover uint8

// The covers of a day. Each has its own sign.
const (
	Full    Cover = iota // a filled cell
	None                 // an empty frame
	Deleted              // a crossed frame

	// Covers is their number.
	Covers = iota
)

// Coverage shows one cell for each day in rows of one month.
type Coverage struct {
	Frame
	First aggregate.Day
	Days  []CoverDay // without a break from First on

	Names [Covers]string                         // of the covers, for the legend and the table
	Range func(first, last aggregate.Day) string // writes days in a row, or a single one
	Month func(aggregate.Day) string             // names the month of a day
	Head  [2]string                              // of the table: time, number of days
}

// CoverDay is one day.
type CoverDay struct {
	Cover  Cover
	Reason string // why the day is not Full
	Href   string // where its cell leads; "" for no link
}

const (
	coverRow  = 20 // height of a month, in pixels
	coverCell = 16
	coverDays = 31
)

// name says the cover of a day and its reason.
func (c Coverage) name(d CoverDay) string { return noted(c.Names[d.Cover%Covers], d.Reason) }

// Table returns runs of equal days with their number; the numbers add up to
// all days.
func (c Coverage) Table() Table {
	var rows []Row
	for i := 0; i < len(c.Days); {
		end := i + 1
		for end < len(c.Days) && c.name(c.Days[end]) == c.name(c.Days[i]) {
			end++
		}
		rows = append(rows, Row{
			Label: c.Range(c.First+aggregate.Day(i), c.First+aggregate.Day(end-1)),
			Note:  c.name(c.Days[i]), Cells: []Cell{{N: int64(end - i)}},
		})
		i = end
	}
	return newTable(c.Head[:], rows)
}

// HTML draws the chart. It fails only when drawing itself does.
func (c Coverage) HTML() (template.HTML, error) { return render("coverage.html", c.view()) }

type coverView struct {
	Frame
	Role   string
	Height int
	Months []coverMonth
	Legend []coverItem
}

type coverMonth struct {
	Middle, Name string
	Cells        []coverCellView
}

type coverCellView struct {
	X, Y, Width, Href, Title string
	Left, Right, High, Deep  string // the ends of a cross
	Cover                    Cover
}

type coverItem struct {
	Cover        Cover
	Name, Figure string
}

func (c Coverage) view() coverView {
	v := coverView{Frame: c.Frame, Role: "img"}
	var count [Covers]int64
	for i, d := range c.Days {
		day := c.First + aggregate.Day(i)
		date := day.Start(time.UTC).Day()
		if i == 0 || date == 1 {
			y := len(v.Months) * coverRow
			v.Months = append(v.Months, coverMonth{Middle: strconv.Itoa(y + coverCell/2 + 4), Name: c.Month(day)})
		}
		row := len(v.Months) - 1
		v.Months[row].Cells = append(v.Months[row].Cells, c.cell(d, date, row, c.Range(day, day)))
		if d.Href != "" {
			v.Role = "group"
		}
		count[d.Cover%Covers]++
	}
	v.Height = max(1, len(v.Months)) * coverRow
	for i, n := range count {
		v.Legend = append(v.Legend, coverItem{Cover(i), c.Names[i], c.number(n)})
	}
	return v
}

// cell places a day of a month in its row.
func (c Coverage) cell(d CoverDay, date, row int, name string) coverCellView {
	const (
		step  = 100.0 / coverDays
		space = 0.12 * step // between two cells
		inset = 0.22 * step // of the cross within its cell
	)
	x, y := float64(date-1)*step+space/2, row*coverRow
	return coverCellView{
		X: coordinate(x), Y: strconv.Itoa(y), Width: coordinate(step - space),
		Href: d.Href, Title: name + ": " + c.name(d), Cover: d.Cover % Covers,
		Left: coordinate(x + inset), Right: coordinate(x + step - space - inset),
		High: strconv.Itoa(y + 4), Deep: strconv.Itoa(y + coverCell - 4),
	}
}

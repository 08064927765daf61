// Package address reads what an address asks to be shown, and writes the
// addresses that pages lead to. Pages and API ask in the same words.
package address

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/report"
)

// The parameters of an address that say what is shown. Together they are the
// whole state of a page.
const (
	Period  = "p"
	From    = "from" // with To: two dates, see View.Dates
	To      = "to"
	Step    = "step"
	Compare = "compare"
	Client  = "client"
	Method  = "method"
	Bank    = "bank"
	Country = "country"
	Error   = "error"
)

// MaxValueBytes bounds one value of a filter; no key field is longer.
const MaxValueBytes = 1 << 10

// Filter is a parameter that filters by one field.
type Filter struct {
	Param string
	By    aggregate.Dim
	Value func(*aggregate.Key) *string // where its value stands in a key
}

// Filters are all of them, in their order on pages.
func Filters() []Filter {
	return []Filter{
		{Client, aggregate.ByClient, func(k *aggregate.Key) *string { return &k.ClientID }},
		{Method, aggregate.ByMethod, func(k *aggregate.Key) *string { return &k.Method }},
		{Bank, aggregate.ByBank, func(k *aggregate.Key) *string { return &k.Bank }},
		{Country, aggregate.ByCountry, func(k *aggregate.Key) *string { return &k.Country }},
		{Error, aggregate.ByErrorCode, func(k *aggregate.Key) *string { return &k.ErrorCode }},
	}
}

// FilterBy is the parameter that filters by a field.
func FilterBy(by aggregate.Dim) string {
	filters := Filters()
	return filters[slices.IndexFunc(filters, func(f Filter) bool { return f.By == by })].Param
}

// View is what an address asks to be shown.
type View struct {
	Root       web.Root
	Path       string // escaped, as it stands in the address
	Text       string // the period as written
	Given      bool   // whether there was one; an empty one is everything
	Period     aggregate.Period
	PeriodErr  error // Text is no period; then Period is the default one
	Step       aggregate.Unit
	Comparison aggregate.Comparison
	Filter     aggregate.Key
	Query      url.Values // as it came, for parameters of single pages
	Own        []Param    // parameters of this page alone, which its own links keep
}

// Default is the view of a path of the site that asks for nothing: this month.
func Default(root web.Root, path string, now time.Time) View {
	return View{
		Root: root, Path: path, Period: aggregate.Of(aggregate.Month, now, now.Location()), Comparison: aggregate.PreviousPeriod,
	}
}

// Parse reads the address of a request in the zone of now. A wrong period is
// remembered beside the default one, so that a page can say so and still show
// figures; other nonsense counts as left out.
func Parse(r *http.Request, root web.Root, now time.Time) View {
	q := r.URL.Query()
	v := Default(root, r.URL.EscapedPath(), now)
	v.Query, v.Given, v.Text = q, q.Has(Period), q.Get(Period)
	if v.Given {
		var p aggregate.Period
		if p, v.PeriodErr = ParsePeriod(v.Text, now.Location()); v.PeriodErr == nil {
			v.Period = p
		}
	}
	v.Step, _ = aggregate.ParseUnit(q.Get(Step))
	if q.Has(Compare) {
		v.Comparison, _ = aggregate.ParseComparison(q.Get(Compare))
	}
	for _, f := range Filters() {
		if s := q.Get(f.Param); len(s) <= MaxValueBytes {
			*f.Value(&v.Filter) = s
		}
	}
	return v
}

// ParsePeriod reads a period as people write one: in a civil form, or as the
// specification's expression, which has a metacharacter other than the dot. What
// looks like a date or a range and is none, such as 2018-13 or 28.04.2018, is an
// error: as an expression it would match nothing, since no time has such a form.
func ParsePeriod(text string, loc *time.Location) (aggregate.Period, error) {
	if strings.ContainsAny(text, `\+*?()|[]{}^$`) && !strings.Contains(text, "/") {
		return aggregate.ParsePeriod(text, loc)
	}
	return aggregate.ParseCivil(text, loc)
}

// Question is what a report is to answer.
func (v *View) Question(now time.Time, names report.Names) report.Question {
	return report.Question{
		Period: v.Period, Comparison: v.Comparison, Step: v.Step, Filter: v.Filter, Now: now, Names: names,
	}
}

// Param is one parameter of an address. An empty value is kept: of the period
// it means everything.
type Param struct{ Name, Value string }

// Set is a parameter with a value.
func Set(name, value string) Param { return Param{name, value} }

// unset is the value of a parameter that is left out.
const unset = "\x00"

// Without leaves a parameter out.
func Without(name string) Param { return Param{name, unset} }

// Params are the parameters that keep the state of v from page to page, in
// their fixed order. What is as it is by default is left out.
func (v *View) Params() []Param {
	var out []Param
	if v.Given && v.PeriodErr == nil {
		out = append(out, Param{Period, v.Text})
	}
	if v.Step != aggregate.Whole {
		out = append(out, Param{Step, v.Step.String()})
	}
	if v.Comparison != aggregate.PreviousPeriod {
		out = append(out, Param{Compare, string(v.Comparison)})
	}
	for _, f := range Filters() {
		if s := *f.Value(&v.Filter); s != "" {
			out = append(out, Param{f.Param, s})
		}
	}
	return out
}

// Link returns the address of a path of the site in the state of v, with the
// given parameters in the place of those held.
func (v *View) Link(path string, set ...Param) string {
	return Of(v.Root.Href(path), with(v.Params(), set)...)
}

// Here is the address of the page in its state.
func (v *View) Here(set ...Param) string {
	return Of(v.Path, with(append(v.Params(), v.Own...), set)...)
}

// Keep remembers a parameter of this page alone, if the address has it and it
// is one of the values that mean something.
func (v *View) Keep(name string, values ...string) string {
	value := v.Query.Get(name)
	if value == "" || !slices.Contains(values, value) {
		return ""
	}
	v.Own = append(v.Own, Param{name, value})
	return value
}

// Dates returns the address with one period in the place of two dates, so that
// each state has one address. It reports false when there are no dates.
func (v *View) Dates() (string, bool) {
	from, to := v.Query.Get(From), v.Query.Get(To)
	if from == "" && to == "" {
		return "", false
	}
	text := from + "/" + to
	switch {
	case from == "":
		text = to
	case to == "" || from == to:
		text = from
	}
	shown := *v
	shown.Given, shown.Text, shown.PeriodErr = true, text, nil
	return shown.Here(), true
}

// with returns params with those of set in their place, or added.
func with(params, set []Param) []Param {
	for _, s := range set {
		if i := slices.IndexFunc(params, func(p Param) bool { return p.Name == s.Name }); i >= 0 {
			params[i] = s
		} else {
			params = append(params, s)
		}
	}
	return params
}

// Of is the address of a path with parameters.
func Of(path string, params ...Param) string {
	var query []string
	for _, p := range params {
		if p.Value != unset {
			query = append(query, p.Name+"="+legible(url.QueryEscape(p.Value)))
		}
	}
	if query == nil {
		return path
	}
	return path + "?" + strings.Join(query, "&")
}

// legible undoes the escaping of what may stand in a query as it is (RFC 3986,
// section 3.4), so that a range of dates can be read in the address.
func legible(escaped string) string {
	return strings.NewReplacer("%2F", "/", "%3A", ":", "%40", "@", "%2C", ",").Replace(escaped)
}

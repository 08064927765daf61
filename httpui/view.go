package httpui

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/web"
)

// The parameters of an address that say what is shown. Together they are the
// whole state of a page.
const (
	paramPeriod  = "p"
	paramFrom    = "from" // with paramTo: two dates, rewritten to paramPeriod
	paramTo      = "to"
	paramStep    = "step"
	paramCompare = "compare"
	paramClient  = "client"
	paramMethod  = "method"
	paramBank    = "bank"
	paramCountry = "country"
	paramError   = "error"
)

// maxFilterBytes bounds one value of a filter; no key field is longer.
const maxFilterBytes = 1 << 10

// view is what an address asks to be shown.
type view struct {
	root       web.Root
	path       string // escaped, as it stands in the address
	text       string // the period as written
	given      bool   // whether there was one; an empty one is everything
	period     aggregate.Period
	periodErr  error // text is no period; then period is the default one
	step       aggregate.Unit
	comparison aggregate.Comparison
	filter     aggregate.Key
	query      url.Values // as it came, for parameters of single pages
	own        []param    // parameters of this page alone, which its own links keep
}

// parseView reads the address. A wrong period is remembered beside the default
// one, so that the page can say so and still show figures; other nonsense
// counts as left out.
func (r *request) parseView() view {
	q := r.URL.Query()
	v := view{root: r.h.root, path: r.URL.EscapedPath(), query: q, given: q.Has(paramPeriod), text: q.Get(paramPeriod)}
	if v.given {
		v.period, v.periodErr = aggregate.ParsePeriod(v.text, r.h.loc)
	}
	if !v.given || v.periodErr != nil {
		v.period = aggregate.Of(aggregate.Month, r.now, r.h.loc)
	}
	v.step, _ = aggregate.ParseUnit(q.Get(paramStep))
	v.comparison = aggregate.PreviousPeriod
	if q.Has(paramCompare) {
		v.comparison, _ = aggregate.ParseComparison(q.Get(paramCompare))
	}
	for name, field := range v.filterFields() {
		if s := q.Get(name); len(s) <= maxFilterBytes {
			*field = s
		}
	}
	return v
}

// filterName is a parameter that filters, and the key of its name.
type filterName struct{ param, key string }

// filterNames are the filters in the order of their chips.
func filterNames() []filterName {
	return []filterName{
		{paramClient, "filter.client"},
		{paramMethod, "filter.method"},
		{paramBank, "filter.bank"},
		{paramCountry, "filter.country"},
		{paramError, "filter.error"},
	}
}

func (v *view) filterFields() map[string]*string {
	return map[string]*string{
		paramClient:  &v.filter.ClientID,
		paramMethod:  &v.filter.Method,
		paramBank:    &v.filter.Bank,
		paramCountry: &v.filter.Country,
		paramError:   &v.filter.ErrorCode,
	}
}

// params are the parameters that keep the state of v from page to page, in
// their fixed order. What is as it is by default is left out.
func (v *view) params() []param {
	var out []param
	if v.given && v.periodErr == nil {
		out = append(out, param{paramPeriod, v.text})
	}
	if v.step != aggregate.Whole {
		out = append(out, param{paramStep, v.step.String()})
	}
	if v.comparison != aggregate.PreviousPeriod {
		out = append(out, param{paramCompare, string(v.comparison)})
	}
	fields := v.filterFields()
	for _, f := range filterNames() {
		if s := *fields[f.param]; s != "" {
			out = append(out, param{f.param, s})
		}
	}
	return out
}

// param is one parameter of an address. An empty value is kept: of the period
// it means everything.
type param struct{ Name, Value string }

// link returns the address of a path of the site in the state of v, with the given
// parameters set in the place of those held. One with the value unset is left
// out.
func (v *view) link(path string, set ...param) string {
	return address(v.root.Href(path), with(v.params(), set))
}

// with returns params with those of set in their place, or added.
func with(params, set []param) []param {
	for _, s := range set {
		found := false
		for i := range params {
			if params[i].Name == s.Name {
				params[i].Value, found = s.Value, true
			}
		}
		if !found {
			params = append(params, s)
		}
	}
	return params
}

// unset is the value by which link leaves a parameter out.
const unset = "\x00"

func address(path string, params []param) string {
	var b strings.Builder
	b.WriteString(path)
	sep := byte('?')
	for _, p := range params {
		if p.Value == unset {
			continue
		}
		b.WriteByte(sep)
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(legible(url.QueryEscape(p.Value)))
		sep = '&'
	}
	return b.String()
}

// legible undoes the escaping of what may stand in a query as it is (RFC 3986,
// section 3.4), so that a range of dates can be read in the address.
func legible(escaped string) string {
	return strings.NewReplacer("%2F", "/", "%3A", ":", "%40", "@", "%2C", ",").Replace(escaped)
}

// here is the address of the page in its state.
func (v *view) here(set ...param) string {
	return address(v.path, with(append(v.params(), v.own...), set))
}

// keep remembers a parameter of this page alone, if the address has it and it
// is one of the values that mean something.
func (v *view) keep(name string, values ...string) string {
	value := v.query.Get(name)
	if !slices.Contains(values, value) || value == "" {
		return ""
	}
	v.own = append(v.own, param{name, value})
	return value
}

// view reads the address. Two dates are rewritten to one period, so that each
// state has one address; then the answer is already given, and redirect true.
func (r *request) view(w http.ResponseWriter) (v view, redirect bool) {
	v = r.parseView()
	from, to := v.query.Get(paramFrom), v.query.Get(paramTo)
	if from == "" && to == "" {
		return v, false
	}
	v.given, v.periodErr = true, nil
	switch {
	case from == "":
		v.text = to
	case to == "" || from == to:
		v.text = from
	default:
		v.text = from + "/" + to
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, v.here(), http.StatusSeeOther) //nolint:gosec // to a path of the routes, with a query of its own
	return v, true
}

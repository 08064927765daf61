package httpui

import (
	"path"
	"slices"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/api"
	"github.com/e-gov/tarastat/logbase"
)

// The pages that explain.
const (
	helpPath          = "/abi"
	apiPagePath       = "/abi/api"
	accessibilityPath = "/ligipaasetavus"
)

// helpData is the page that says what every figure means.
type helpData struct {
	Definitions []definition
	Forms       []definition // ways to write a period
	Codes       []codeRow
	Old         []oldEndpoint
	Comparisons []string
	Zone        string
	APIURL      string
	Connect     *connectGuide
}

// definition is a term and what it means; ID is its anchor.
type definition struct{ Term, Text, ID string }

type codeRow struct{ Code, Text, Advice string }

type oldEndpoint struct{ Request, Answer string }

func fillHelp(v *visit) (content, error) {
	h, t, href := v.h, v.text.T, v.h.root.Href
	data := helpData{
		Zone: h.zone.String(), APIURL: href(apiPagePath), Connect: h.connectGuide(),
		Comparisons: []string{t("compare.previous"), t("compare.lastYear"), t("compare.drawn"), t("compare.running"), t("compare.gap")},
		Definitions: []definition{
			{t("def.attempt"), t("def.attemptText"), "attempt"},
			{t("def.success"), t("def.successText"), "success"},
			{t("def.failure"), t("def.failureText"), "failure"},
			{t("def.rate"), t("def.rateText", aggregate.MinRateBase), "rate"},
			{t("def.active"), t("def.activeText"), "active"},
			{t("def.new"), t("def.newText"), "new"},
			{t("def.silent"), t("def.silentText"), "silent"},
			{t("def.change"), t("def.changeText"), "change"},
			{t("def.share"), t("def.shareText"), "share"},
			{t("def.crossBorder"), t("def.crossBorderText"), "crossborder"},
			{t("def.errorCode"), t("def.errorCodeText", event.MaxErrorCodeBytes), "errorcode"},
			{t("def.gap"), t("def.gapText"), "gap"},
			{t("def.other"), t("def.otherText"), "other"},
		},
		Forms: []definition{
			{"2018-04-28T10", t("form.hour"), ""},
			{"2018-04-28", t("form.day"), ""},
			{"2018-W17", t("form.week"), ""},
			{"2018-04", t("form.month"), ""},
			{"2018-Q2", t("form.quarter"), ""},
			{"2018", t("form.year"), ""},
			{"2018-04-01/2018-06-30", t("form.range"), ""},
			{"?p=", t("form.everything"), ""},
			{"2018-0[4-6]", t("form.expression"), ""},
		},
	}
	if !h.opts.NoOldAddresses {
		data.Old = h.oldEndpoints()
	}
	for _, c := range logbase.Codes() {
		data.Codes = append(data.Codes, codeRow{c.String(), c.Text(v.text.Lang()), c.Advice(v.text.Lang())})
	}
	return content{data: data}, nil
}

func (h *Handler) oldEndpoints() []oldEndpoint {
	href := h.root.Href
	list := []oldEndpoint{
		{"GET " + href("/stat") + "?p=", `{"err":null,"kirjed":[{"_id":{"clientId":…,"method":…,"operation":…,"bank":…},"kirjeteArv":n},…]}`},
		{"GET " + href("/standard") + "?p=", `{"err":null,"kirjeid":n}`},
		{"GET " + href("/kirjeid") + "?p=", `{"err":null,"kirjeid":n}`},
		{"GET " + href("/alates"), `{"err":null,"alates":"2018-04-28"}`},
		{"GET " + href("/status"), "200 OK"},
	}
	if !h.opts.NoDeletion {
		list = append(list, oldEndpoint{"DELETE " + href("/kustuta") + "?p=", `{"err":null,"kustutati":n}`})
	}
	return list
}

// apiPageData is what the page about the API lists: the same as the OpenAPI
// description.
type apiPageData struct {
	SpecURL   string
	Params    []apiPageParam // of any endpoint, each once
	Endpoints []apiPageEndpoint
}

type apiPageEndpoint struct {
	ID, Path, Summary string
	Params            []string // names
	Example           string   // an address to try
}

type apiPageParam struct{ Name, Text, Example string }

func fillAPI(v *visit) (content, error) {
	href := v.h.root.Href
	data := apiPageData{SpecURL: href(api.SpecPath)}
	for _, e := range api.Endpoints() {
		row := apiPageEndpoint{ID: path.Base(e.Path), Path: href(e.Path), Summary: e.Summary}
		row.Example = row.Path
		for _, p := range e.Params {
			row.Params = append(row.Params, p.Name)
			told := apiPageParam{p.Name, p.Text, p.Example}
			if !slices.Contains(data.Params, told) {
				data.Params = append(data.Params, told)
			}
			if p.Name == address.Period {
				month := v.now.AddDate(0, 0, -v.now.Day()).Format("2006-01")
				row.Example = address.Of(row.Path, address.Set(address.Period, month))
			}
		}
		data.Endpoints = append(data.Endpoints, row)
	}
	return content{data: data}, nil
}

// fillAccessibility is the accessibility statement, as a list.
func fillAccessibility(v *visit) (content, error) {
	var data []string
	for _, key := range []string{"a11y.keyboard", "a11y.charts", "a11y.contrast", "a11y.zoom", "a11y.noJS", "a11y.motion"} {
		data = append(data, v.text.T(key))
	}
	return content{data: data}, nil
}

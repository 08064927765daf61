package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
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

func (h *Handler) help(w http.ResponseWriter, r *request) error {
	t, href := r.text.T, h.root.Href
	data := helpData{
		Zone: h.loc.String(), APIURL: h.root.Href(apiPagePath), Connect: r.connectGuide(),
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
		Old: []oldEndpoint{
			{"GET " + href("/stat") + "?p=", `{"err":null,"kirjed":[{"_id":{"clientId":…,"method":…,"operation":…,"bank":…},"kirjeteArv":n},…]}`},
			{"GET " + href("/standard") + "?p=", `{"err":null,"kirjeid":n}`},
			{"GET " + href("/kirjeid") + "?p=", `{"err":null,"kirjeid":n}`},
			{"GET " + href("/alates"), `{"err":null,"alates":"2018-04-28"}`},
			{"GET " + href("/status"), "200 OK"},
		},
	}
	if !h.noDeletion {
		data.Old = append(data.Old, oldEndpoint{"DELETE " + href("/kustuta") + "?p=", `{"err":null,"kustutati":n}`})
	}
	for _, c := range logbase.Codes() {
		data.Codes = append(data.Codes, codeRow{c.String(), c.Text(r.lang), c.Advice(r.lang)})
	}
	return r.render(w, &page{name: "help", title: t("help.title"), view: r.parseView(), data: data})
}

package httpui

import (
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// helpData is the page that says what every figure means.
type helpData struct {
	Definitions []definition
	Forms       []definition // ways to write a period
	Codes       []codeRow
	Old         []oldEndpoint
	Zone        string
}

type definition struct{ Term, Text string }

type codeRow struct{ Code, Text, Advice string }

type oldEndpoint struct{ Request, Answer string }

func (h *Handler) help(w http.ResponseWriter, r *request) error {
	t := r.text.T
	data := helpData{
		Zone: h.loc.String(),
		Definitions: []definition{
			{t("def.attempt"), t("def.attemptText")},
			{t("def.success"), t("def.successText")},
			{t("def.failure"), t("def.failureText")},
			{t("def.rate"), t("def.rateText", aggregate.MinRateBase)},
			{t("def.active"), t("def.activeText")},
			{t("def.new"), t("def.newText")},
			{t("def.silent"), t("def.silentText")},
			{t("def.change"), t("def.changeText")},
			{t("def.share"), t("def.shareText")},
			{t("def.crossBorder"), t("def.crossBorderText")},
			{t("def.errorCode"), t("def.errorCodeText", event.MaxErrorCodeBytes)},
			{t("def.gap"), t("def.gapText")},
			{t("def.other"), t("def.otherText")},
		},
		Forms: []definition{
			{"2018-04-28T10", t("form.hour")},
			{"2018-04-28", t("form.day")},
			{"2018-W17", t("form.week")},
			{"2018-04", t("form.month")},
			{"2018-Q2", t("form.quarter")},
			{"2018", t("form.year")},
			{"2018-04-01/2018-06-30", t("form.range")},
			{"", t("form.everything")},
			{"2018-0[4-6]", t("form.expression")},
		},
		Old: []oldEndpoint{
			{"GET /stat?p=", `{"err":null,"kirjed":[{"_id":{"clientId":…,"method":…,"operation":…,"bank":…},"kirjeteArv":n},…]}`},
			{"GET /standard?p=", `{"err":null,"kirjeid":n}`},
			{"GET /kirjeid?p=", `{"err":null,"kirjeid":n}`},
			{"GET /alates", `{"err":null,"alates":"2018-04-28"}`},
			{"GET /status", "200 OK"},
		},
	}
	if h.deleter != nil {
		data.Old = append(data.Old, oldEndpoint{"DELETE /kustuta?p=", `{"err":null,"kustutati":n}`})
	}
	for _, c := range event.Codes() {
		data.Codes = append(data.Codes, codeRow{c.String(), c.Text(r.lang), c.Advice(r.lang)})
	}
	return r.render(w, &page{name: "help", title: t("help.title"), view: r.parseView(), data: data})
}

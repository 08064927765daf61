package httpui

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

// deletionPath is the page of deletion.
const deletionPath = "/andmed/kustutamine"

// maxDeletion bounds one deletion. What it does not finish is resumed by the
// store, see [logbase.Deletion].
const maxDeletion = 10 * time.Minute

// paramDone names the period whose deletion was just confirmed. What is said
// about it comes from the audit, not from the address.
const paramDone = "done"

// deletionData is the page of deletion: a form for the period; with a period
// what it would remove and a form to confirm that; and the audit.
type deletionData struct {
	Text     string // the period as written
	Wrong    *fault // why it cannot be deleted, beside the field
	WrongWhy string
	Preview  *deletionPreview
	Notice   string // why a confirmation was not followed
	Done     *auditRow
	Audit    []auditRow
	Fault    *fault
}

// deletionPreview is what a deletion would remove.
type deletionPreview struct {
	Period      string // as it must be typed
	Heading     string
	Records     int64
	First, Last string
	Months      []partCount
	Clients     []partCount // those with the most, and the others as one
	Open        bool        // the period has not ended
	Exports     []link      // to load what would be removed
	Token       string
}

// partCount is how many records there are of one part: a month, a client, a
// class of refused records.
type partCount struct {
	Name  string
	Count int64
}

type auditRow struct {
	At      string
	By      string
	Period  string
	Records int64
	Done    bool
	text    string // the period as it is written in an address
}

func deletionPage() page {
	return page{name: "deletion", title: "delete.title", fresh: true, fill: fillDeletion}
}

// fillDeletion shows what a deletion would remove. It changes nothing.
func fillDeletion(v *visit) (content, error) {
	q := v.URL.Query()
	data := deletionData{Text: strings.TrimSpace(q.Get(address.Period))}
	status := 0
	if q.Has(address.Period) {
		status = v.preview(&data)
	}
	return v.deletionContent(&data, status, q.Get(paramDone)), nil
}

// confirmDeletion deletes what somebody previewed and confirmed by typing the
// period. Records that came after the preview stay.
func (h *Handler) confirmDeletion(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return err
		}
		return web.Fail(http.StatusBadRequest, logbase.CodeDeleteFailed, err)
	}
	v := h.visit(r)
	v.open(false)
	data := deletionData{Text: strings.TrimSpace(r.PostForm.Get(address.Period))}
	status, done := v.confirm(w, &data)
	if done != "" {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, address.Of(h.root.Href(deletionPath), address.Set(paramDone, done)), http.StatusSeeOther)
		return nil
	}
	return v.render(w, deletionPage(), v.deletionContent(&data, status, ""))
}

// confirm deletes the period in data.Text, which it returns, or says in data
// and by the status of the page why it did not.
func (v *visit) confirm(w http.ResponseWriter, data *deletionData) (status int, done string) {
	p, why := v.deletable(data.Text)
	if why != "" {
		return v.preview(data), ""
	}
	form := v.PostForm
	records, upTo, ok := v.h.tokens.Read(form.Get("token"), p.String(), v.now)
	extent, err := v.h.extent(v.Context(), p)
	switch {
	case err != nil:
		data.Fault = v.fault(err)
		return http.StatusServiceUnavailable, ""
	case !ok:
		data.Notice = v.text.T("delete.expired")
	case extent.Records < records, extent.Records != records && extent.UpTo == upTo:
		data.Notice = v.text.T("delete.changed")
	case !strings.EqualFold(strings.TrimSpace(form.Get("confirm")), p.String()):
		data.Notice = v.text.T("delete.mismatch")
	}
	if data.Notice != "" {
		v.h.opts.Logger.Warn("deletion refused", "period", p.String(), "by", v.h.opts.User(v.Request), "why", data.Notice)
		v.preview(data)
		return http.StatusConflict, ""
	}
	if _, err := v.h.delete(w, v.Request, p, upTo); err != nil {
		data.Fault = v.fault(logbase.WithCode(logbase.CodeDeleteFailed, err))
		return http.StatusServiceUnavailable, ""
	}
	return 0, p.String()
}

// deletionContent adds the audit to the page.
func (v *visit) deletionContent(data *deletionData, status int, done string) content {
	deletions, err := v.report.Deletions(v.Context())
	data.Audit = v.audit(deletions)
	if f := v.fault(err); data.Fault == nil {
		data.Fault = f
	}
	if i := slices.IndexFunc(data.Audit, func(row auditRow) bool { return done != "" && row.text == done }); i >= 0 {
		data.Done = &data.Audit[i]
	}
	v.view = address.Default(v.h.root, v.h.root.Href(deletionPath), v.now) // its parameters are nobody else's
	return content{status: status, data: data}
}

// preview previews the deletion of the period in data.Text. It returns the
// status of the page, 0 for the usual one.
func (v *visit) preview(data *deletionData) int {
	p, why := v.deletable(data.Text)
	if why != "" {
		data.Wrong, data.WrongWhy = faultOf(logbase.CodeBadPeriod, v.text.Lang()), why
		return http.StatusBadRequest
	}
	ctx, src := v.Context(), source{v.h}
	var extent logbase.Extent
	var months, clients []aggregate.Row
	var extentErr, monthsErr, clientsErr error
	report.Together(
		func() { extent, extentErr = v.h.extent(ctx, p) },
		func() { months, monthsErr = src.Sums(ctx, aggregate.Query{Period: p, Step: aggregate.Month}) },
		func() { clients, clientsErr = src.Sums(ctx, aggregate.Query{Period: p, By: aggregate.ByClient}) },
	)
	if data.Fault = v.fault(cmp.Or(extentErr, monthsErr, clientsErr)); data.Fault != nil {
		return http.StatusServiceUnavailable
	}
	pre := &deletionPreview{
		Period:  p.String(),
		Heading: v.text.Period(p, logbase.Bounds{}),
		Records: extent.Records,
		Open:    p.To().After(v.now),
		Token:   v.h.tokens.Issue(p.String(), v.now, extent.Records, extent.UpTo),
		Clients: v.topCounts(clients),
	}
	if extent.Records > 0 {
		pre.First = v.text.DateTime(extent.First.In(v.h.zone))
		pre.Last = v.text.DateTime(extent.Last.In(v.h.zone))
	}
	for _, format := range []string{"csv", "xlsx"} {
		url := address.Of(v.h.root.Href(statPath),
			address.Set(address.Period, p.String()), address.Set(paramTable, "stat"), address.Set(paramFormat, format))
		pre.Exports = append(pre.Exports, link{Text: strings.ToUpper(format), URL: url})
	}
	for _, row := range months {
		pre.Months = append(pre.Months, partCount{v.text.Step(aggregate.Month, row.Start), row.Count})
	}
	data.Preview = pre
	return 0
}

// topCounts are the clients with the most records. What is left is one row, so
// that the table adds up.
func (v *visit) topCounts(clients []aggregate.Row) []partCount {
	slices.SortStableFunc(clients, func(a, b aggregate.Row) int { return cmp.Compare(b.Count, a.Count) })
	var out []partCount
	var rest int64
	for i, row := range clients {
		if len(clients) > topClients+1 && i >= topClients {
			rest += row.Count
			continue
		}
		out = append(out, partCount{v.names.client(row.Key.ClientID), row.Count})
	}
	if rest > 0 {
		out = append(out, partCount{v.text.T("common.rest", int64(len(clients)-topClients)), rest})
	}
	return out
}

// deletable reads a period that may be deleted, or says why it may not.
func (v *visit) deletable(text string) (p aggregate.Period, why string) {
	if text == "" {
		return p, v.text.T("delete.needPeriod")
	}
	p, err := address.ParsePeriod(text, v.h.zone)
	switch {
	case err != nil:
		return p, v.text.T("delete.hint")
	case p.Expr() != nil:
		return p, v.text.T("delete.notExpression")
	}
	return p, ""
}

// audit is every deletion there was, the newest first.
func (v *visit) audit(deletions []logbase.Deletion) []auditRow {
	var rows []auditRow
	for _, d := range deletions {
		rows = append(rows, auditRow{
			At: v.text.DateTime(d.At.In(v.h.zone)), By: d.By,
			Period: v.text.Period(d.Period, logbase.Bounds{}), Records: d.Records, Done: d.Done,
			text: d.Period.String(),
		})
	}
	return rows
}

// extent says what a deletion of p would remove.
func (h *Handler) extent(ctx context.Context, p aggregate.Period) (logbase.Extent, error) {
	return inTurn(ctx, h, func(ctx context.Context) (logbase.Extent, error) { return h.store.Extent(ctx, p) })
}

// deleteAll deletes what there is now of a period, for a program.
func (h *Handler) deleteAll(w http.ResponseWriter, r *http.Request, p aggregate.Period) (int64, error) {
	extent, err := h.extent(r.Context(), p)
	if err != nil {
		return 0, err
	}
	return h.delete(w, r, p, extent.UpTo)
}

// delete deletes the records of p up to an id, and logs who asked for it. It
// goes on when the client goes away: half a deletion helps nobody.
func (h *Handler) delete(w http.ResponseWriter, r *http.Request, p aggregate.Period, upTo int64) (int64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), maxDeletion)
	defer cancel()
	deadline := time.Now().Add(maxDeletion)
	if err := http.NewResponseController(w).SetWriteDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	by := h.opts.User(r)
	n, err := h.store.Delete(ctx, logbase.Deletion{Period: p, UpTo: upTo, By: by, At: h.opts.Now().In(h.zone)})
	err = logbase.WithCode(logbase.CodeDeleteFailed, err)
	h.opts.Logger.Info("deletion", "period", p.String(), "up_to", upTo, "records", n, "by", by, "agent", r.UserAgent(), "err", err)
	return n, err
}

package httpui

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

// deletionPath is the page of deletion.
const deletionPath = "/andmed/kustutamine"

// maxDeletion bounds one deletion. What it does not finish is resumed by the
// store, see [logbase.Deletion].
const maxDeletion = 10 * time.Minute

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

type auditRow struct {
	At      string
	By      string
	Period  string
	Records int64
	Done    bool
	text    string // the period as it is written in an address
}

// previewDeletion shows what a deletion would remove. It changes nothing.
func (h *Handler) previewDeletion(w http.ResponseWriter, r *request) error {
	q := r.URL.Query()
	data := deletionData{Text: strings.TrimSpace(q.Get(paramPeriod))}
	status := 0
	if q.Has(paramPeriod) {
		status = r.fillPreview(&data)
	}
	return r.renderDeletion(w, &data, status, q.Get("done"))
}

// confirmDeletion deletes what somebody previewed and confirmed by typing the
// period. Records that came after the preview stay.
func (h *Handler) confirmDeletion(w http.ResponseWriter, r *request) error {
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return err
		}
		return web.Fail(http.StatusBadRequest, logbase.DeleteFailed, err)
	}
	data := deletionData{Text: strings.TrimSpace(r.PostForm.Get(paramPeriod))}
	p, why := r.deletable(data.Text)
	if why != "" {
		return r.renderDeletion(w, &data, r.fillPreview(&data), "")
	}
	records, upTo, ok := h.tokens.Read(r.PostForm.Get("token"), p.String(), r.now)
	extent, err := r.extent(p)
	switch {
	case err != nil:
		data.Fault = r.fault(err)
		return r.renderDeletion(w, &data, http.StatusServiceUnavailable, "")
	case !ok:
		data.Notice = r.text.T("delete.expired")
	case extent.Records < records, extent.Records != records && extent.UpTo == upTo:
		data.Notice = r.text.T("delete.changed")
	case !strings.EqualFold(strings.TrimSpace(r.PostForm.Get("confirm")), p.String()):
		data.Notice = r.text.T("delete.mismatch")
	}
	if data.Notice != "" {
		h.log.Warn("deletion refused", "period", p.String(), "by", h.user(r.Request), "why", data.Notice)
		r.fillPreview(&data)
		return r.renderDeletion(w, &data, http.StatusConflict, "")
	}
	if _, err := r.deletePeriod(w, p, upTo); err != nil {
		data.Fault = r.fault(logbase.WithCode(logbase.DeleteFailed, err))
		return r.renderDeletion(w, &data, http.StatusServiceUnavailable, "")
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r.Request, address(h.root.Href(deletionPath), []param{{"done", p.String()}}), http.StatusSeeOther)
	return nil
}

// renderDeletion adds the audit. done names the period whose deletion was just
// confirmed; what is said about it comes from the audit, not from the address.
func (r *request) renderDeletion(w http.ResponseWriter, data *deletionData, status int, done string) error {
	audit, err := r.audit()
	if data.Fault == nil {
		data.Fault = r.fault(err)
	}
	data.Audit = audit
	if i := slices.IndexFunc(audit, func(row auditRow) bool { return done != "" && row.text == done }); i >= 0 {
		data.Done = &audit[i]
	}
	v := view{root: r.h.root, path: r.h.root.Href(deletionPath), comparison: aggregate.PreviousPeriod}
	return r.render(w, &page{
		name: "deletion", title: r.text.T("delete.title"), status: status, view: v, secret: true, data: data,
	})
}

// audit is every deletion there was, the newest first.
func (r *request) audit() (rows []auditRow, err error) {
	var list []logbase.Deletion
	err = r.read(func(ctx context.Context) (err error) {
		list, err = r.h.store.Deletions(ctx)
		return err
	})
	for _, d := range list {
		rows = append(rows, auditRow{
			At: r.text.DateTime(d.At.In(r.h.loc)), By: d.By,
			Period: r.text.Period(d.Period, logbase.Bounds{}), Records: d.Records, Done: d.Done,
			text: d.Period.String(),
		})
	}
	return rows, err
}

func (r *request) extent(p aggregate.Period) (e logbase.Extent, err error) {
	err = r.read(func(ctx context.Context) error {
		e, err = r.h.store.Extent(ctx, p)
		return err
	})
	return e, err
}

// deletePeriod deletes the records of p up to an id, and logs who asked for
// it. It goes on when the client goes away: half a deletion helps nobody.
func (r *request) deletePeriod(w http.ResponseWriter, p aggregate.Period, upTo int64) (int64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), maxDeletion)
	defer cancel()
	deadline := time.Now().Add(maxDeletion)
	if err := http.NewResponseController(w).SetWriteDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	by := r.h.user(r.Request)
	n, err := r.h.store.Delete(ctx, logbase.Deletion{Period: p, UpTo: upTo, By: by, At: r.now})
	err = logbase.WithCode(logbase.DeleteFailed, err)
	r.h.log.Info("deletion", "period", p.String(), "up_to", upTo, "records", n, "by", by, "agent", r.UserAgent(), "err", err)
	return n, err
}

package httpui

import (
	"errors"
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

// The endpoints of the old service, with their JSON. Unlike it, they answer
// errors with their true status.

// tellOld tells a failure of an old endpoint: the code with its sentence, and
// null in the member that carries the answer.
func tellOld(field string) web.Teller {
	return func(w http.ResponseWriter, _ *http.Request, f *web.Failure) {
		web.SendJSON(w, f.Status, jsonType, map[string]any{"err": f.Line(), field: nil})
	}
}

const jsonType = "application/json; charset=utf-8"

type legacyRow struct {
	ID    legacyKey `json:"_id"`
	Count int64     `json:"kirjeteArv"`
}

// legacyKey leaves out an empty bank, as MongoDB's $group does with a field
// that records do not have.
type legacyKey struct {
	ClientID  string          `json:"clientId"`
	Method    string          `json:"method"`
	Operation event.Operation `json:"operation"`
	Bank      string          `json:"bank,omitempty"`
}

// legacyPeriod reads the parameter p; without it, everything is meant.
func (h *Handler) legacyPeriod(r *http.Request) (aggregate.Period, error) {
	return aggregate.ParsePeriod(r.URL.Query().Get(address.Period), h.loc)
}

func (h *Handler) legacyStat(w http.ResponseWriter, r *http.Request) error {
	p, err := h.legacyPeriod(r)
	if err != nil {
		return err
	}
	rows, err := source{h}.Sums(r.Context(), aggregate.Query{Period: p, By: aggregate.ByStat})
	if err != nil {
		return err
	}
	out := make([]legacyRow, len(rows))
	for i, row := range rows {
		k := row.Key
		out[i] = legacyRow{legacyKey{k.ClientID, k.Method, k.Operation, k.Bank}, row.Count}
	}
	return legacyAnswer(w, struct {
		Err  *string     `json:"err"`
		Rows []legacyRow `json:"kirjed"`
	}{nil, out})
}

// legacyCount answers with the number of records, or with that of one
// operation.
func (h *Handler) legacyCount(operation event.Operation) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := h.legacyPeriod(r)
		if err != nil {
			return err
		}
		rows, err := source{h}.Sums(r.Context(), aggregate.Query{Period: p, Filter: aggregate.Key{Operation: operation}})
		if err != nil {
			return err
		}
		return legacyAnswer(w, struct {
			Err   *string `json:"err"`
			Count int64   `json:"kirjeid"`
		}{nil, count(rows)})
	}
}

func (h *Handler) legacySince(w http.ResponseWriter, r *http.Request) error {
	b, err := source{h}.Bounds(r.Context())
	if err != nil {
		return err
	}
	var day *string // null while there are no records
	if b.Records > 0 {
		s := b.First.String()
		day = &s
	}
	return legacyAnswer(w, struct {
		Err   *string `json:"err"`
		Since *string `json:"alates"`
	}{nil, day})
}

var errNotDeletable = errors.New("only a period with a beginning and an end can be deleted")

func (h *Handler) legacyDelete(w http.ResponseWriter, r *http.Request) error {
	if h.noDeletion {
		return web.Fail(http.StatusNotFound, logbase.DeleteFailed, nil)
	}
	p, err := h.legacyPeriod(r)
	if err == nil && !p.Bounded() {
		err = errNotDeletable
	}
	if err != nil {
		return web.Fail(http.StatusBadRequest, logbase.BadPeriod, err)
	}
	extent, err := h.extent(r.Context(), p)
	if err != nil {
		return err
	}
	n, err := h.delete(w, r, p, extent.UpTo)
	if err != nil {
		return err
	}
	return legacyAnswer(w, struct {
		Err     *string `json:"err"`
		Deleted int64   `json:"kustutati"`
	}{nil, n})
}

func legacyAnswer(w http.ResponseWriter, v any) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept")
	web.SendJSON(w, http.StatusOK, jsonType, v)
	return nil
}

// count adds up rows of one kind.
func count(rows []aggregate.Row) int64 {
	var n int64
	for _, row := range rows {
		n += row.Count
	}
	return n
}

package api

import (
	"errors"
	"net/http"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/logbase"
)

// The answers of the old service's endpoints. Err is null, or a code with its
// sentence; then the other member is null. Unlike the old service, we answer
// errors with their true status.
type (
	oldStat struct {
		Err  *string  `json:"err"`
		Rows []oldRow `json:"kirjed"`
	}
	oldCount struct {
		Err   *string `json:"err"`
		Count *int64  `json:"kirjeid"`
	}
	oldSince struct {
		Err *string `json:"err"`
		Day *string `json:"alates"` // null while there are no records, too
	}
	oldDeleted struct {
		Err     *string `json:"err"`
		Deleted *int64  `json:"kustutati"`
	}
)

type oldRow struct {
	ID    oldKey `json:"_id"`
	Count int64  `json:"kirjeteArv"`
}

// oldKey leaves out an empty bank, as MongoDB's $group does with a field that
// records do not have.
type oldKey struct {
	ClientID  string          `json:"clientId"`
	Method    string          `json:"method"`
	Operation event.Operation `json:"operation"`
	Bank      string          `json:"bank,omitempty"`
}

func (a *API) routeOld() {
	old := func(method, path string, tell web.Teller, ask func(w http.ResponseWriter, r *http.Request) (any, error)) {
		a.site.Handle(method, path, tell, func(w http.ResponseWriter, r *http.Request) error {
			answer, err := ask(w, r)
			if err != nil {
				return err
			}
			sendOld(w, answer)
			return nil
		})
	}
	tellCount := tellOld(func(line *string) any { return oldCount{Err: line} })
	old("GET", "/standard", tellCount, a.count(event.SuccessfulAuth))
	old("GET", "/kirjeid", tellCount, a.count(""))
	old("GET", "/alates", tellOld(func(line *string) any { return oldSince{Err: line} }), a.since)
	old("DELETE", "/kustuta", tellOld(func(line *string) any { return oldDeleted{Err: line} }), a.remove)
}

func sendOld(w http.ResponseWriter, answer any) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept")
	web.SendJSON(w, http.StatusOK, jsonType, answer)
}

// tellOld tells a failure of an old endpoint in the form of its answer.
func tellOld(answer func(line *string) any) web.Teller {
	return func(w http.ResponseWriter, _ *http.Request, f *web.Failure) {
		line := f.Line()
		web.SendJSON(w, f.Status, jsonType, answer(&line))
	}
}

// TellStat tells a failure of [API.Stat].
func TellStat(w http.ResponseWriter, r *http.Request, f *web.Failure) {
	tellOld(func(line *string) any { return oldStat{Err: line} })(w, r, f)
}

// Stat answers /stat for programs.
func (a *API) Stat(w http.ResponseWriter, r *http.Request) error {
	rows, err := a.sums(r, aggregate.Key{}, aggregate.ByStat)
	if err != nil {
		return err
	}
	out := oldStat{Rows: make([]oldRow, len(rows))}
	for i, row := range rows {
		k := row.Key
		out.Rows[i] = oldRow{oldKey{k.ClientID, k.Method, k.Operation, k.Bank}, row.Count}
	}
	sendOld(w, out)
	return nil
}

// period reads the parameter p; without it, everything is meant.
func (a *API) period(r *http.Request) (aggregate.Period, error) {
	return aggregate.ParsePeriod(r.URL.Query().Get(address.Period), a.Now().Location())
}

func (a *API) sums(r *http.Request, f aggregate.Key, by aggregate.Dim) ([]aggregate.Row, error) {
	p, err := a.period(r)
	if err != nil {
		return nil, err
	}
	return a.Source.Sums(r.Context(), aggregate.Query{Period: p, Filter: f, By: by})
}

// count answers with the number of records, or with that of one operation.
func (a *API) count(o event.Operation) func(http.ResponseWriter, *http.Request) (any, error) {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		rows, err := a.sums(r, aggregate.Key{Operation: o}, 0)
		var n int64
		for _, row := range rows {
			n += row.Count
		}
		return oldCount{Count: &n}, err
	}
}

// since answers with the day of the oldest record.
func (a *API) since(_ http.ResponseWriter, r *http.Request) (any, error) {
	b, err := a.Source.Bounds(r.Context())
	if err != nil || b.Records == 0 {
		return oldSince{}, err
	}
	day := b.First.String()
	return oldSince{Day: &day}, nil
}

var errNotDeletable = errors.New("only a period with a beginning and an end can be deleted")

func (a *API) remove(w http.ResponseWriter, r *http.Request) (any, error) {
	if a.Delete == nil {
		return nil, web.Fail(http.StatusNotFound, logbase.DeleteFailed, nil)
	}
	p, err := a.period(r)
	if err == nil && !p.Bounded() {
		err = errNotDeletable
	}
	if err != nil {
		return nil, web.Fail(http.StatusBadRequest, logbase.BadPeriod, err)
	}
	n, err := a.Delete(w, r, p)
	return oldDeleted{Deleted: &n}, err
}

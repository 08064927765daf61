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

// oldAnswer is that of one of the old service's endpoints. Err is null, or a
// code with its sentence; then the other member is null. Unlike the old
// service, we answer errors with their true status.
type oldAnswer struct {
	Err     *string `json:"err"`
	Rows    any     `json:"kirjed,omitempty"`
	Count   any     `json:"kirjeid,omitempty"`
	Day     any     `json:"alates,omitempty"`
	Deleted any     `json:"kustutati,omitempty"`
}

// null is a member that is there and has no value. One that is nil is left out.
type null struct{}

// MarshalJSON writes null.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

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
	old := func(method, path string, failed oldAnswer, ask func(w http.ResponseWriter, r *http.Request) (oldAnswer, error)) {
		a.site.Handle(method, path, tellOld(failed), func(w http.ResponseWriter, r *http.Request) error {
			answer, err := ask(w, r)
			if err == nil {
				sendOld(w, answer)
			}
			return err
		})
	}
	old("GET", "/standard", oldAnswer{Count: null{}}, a.count(event.OpSuccess))
	old("GET", "/kirjeid", oldAnswer{Count: null{}}, a.count(""))
	old("GET", "/alates", oldAnswer{Day: null{}}, a.since)
	old("DELETE", "/kustuta", oldAnswer{Deleted: null{}}, a.remove)
}

func sendOld(w http.ResponseWriter, answer oldAnswer) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Accept")
	web.SendJSON(w, http.StatusOK, jsonType, answer)
}

// tellOld tells a failure of an old endpoint in the form of its answer.
func tellOld(answer oldAnswer) web.Teller {
	return func(w http.ResponseWriter, _ *http.Request, f *web.Failure) {
		told, line := answer, f.Line()
		told.Err = &line
		web.SendJSON(w, f.Status, jsonType, told)
	}
}

// TellStat tells a failure of [API.Stat].
func TellStat(w http.ResponseWriter, r *http.Request, f *web.Failure) {
	tellOld(oldAnswer{Rows: null{}})(w, r, f)
}

// Stat answers /stat for programs.
func (a *API) Stat(w http.ResponseWriter, r *http.Request) error {
	rows, err := a.sums(r, aggregate.Key{}, aggregate.ByStat)
	if err != nil {
		return err
	}
	out := make([]oldRow, len(rows))
	for i, row := range rows {
		k := row.Key
		out[i] = oldRow{oldKey{k.ClientID, k.Method, k.Operation, k.Bank}, row.Count}
	}
	sendOld(w, oldAnswer{Rows: out})
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
func (a *API) count(o event.Operation) func(http.ResponseWriter, *http.Request) (oldAnswer, error) {
	return func(_ http.ResponseWriter, r *http.Request) (oldAnswer, error) {
		rows, err := a.sums(r, aggregate.Key{Operation: o}, 0)
		var n int64
		for _, row := range rows {
			n += row.Count
		}
		return oldAnswer{Count: n}, err
	}
}

// since answers with the day of the oldest record.
func (a *API) since(_ http.ResponseWriter, r *http.Request) (oldAnswer, error) {
	b, err := a.Source.Bounds(r.Context())
	if err != nil || b.Records == 0 {
		return oldAnswer{Day: null{}}, err
	}
	return oldAnswer{Day: b.First}, nil
}

var errNotDeletable = errors.New("only a period with a beginning and an end can be deleted")

func (a *API) remove(w http.ResponseWriter, r *http.Request) (oldAnswer, error) {
	if a.Delete == nil {
		return oldAnswer{}, web.Fail(http.StatusNotFound, logbase.CodeDeleteFailed, nil)
	}
	p, err := a.period(r)
	if err == nil && !p.Bounded() {
		err = errNotDeletable
	}
	if err != nil {
		return oldAnswer{}, web.Fail(http.StatusBadRequest, logbase.CodeBadPeriod, err)
	}
	n, err := a.Delete(w, r, p)
	return oldAnswer{Deleted: n}, err
}

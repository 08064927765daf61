package daemon_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/service"
)

// kept returns the events in the log base of a stopped service, by id.
func kept(t *testing.T, dir string) []event.Event {
	t.Helper()
	var events []event.Event
	for _, r := range records(t, filepath.Join(dir, "tarastat.db")) {
		events = append(events, r.Event)
	}
	return events
}

// statRow is a row of the old /stat.
type statRow struct {
	ID struct {
		ClientID  string `json:"clientId"`
		Method    string `json:"method"`
		Operation string `json:"operation"`
		Bank      string `json:"bank"`
	} `json:"_id"`
	Count int64 `json:"kirjeteArv"`
}

// TestEventsToCounts is the main job: 3,000 events by the test sender in the
// three forms, and every question of the old service answered as the oracle
// answers it.
func TestEventsToCounts(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	p := service.Start(t, dir)
	for _, form := range []string{"bsd", "rfc5424", "octet"} {
		code, out := service.Tool(t, "send", "-data-dir", dir, "-addr", p.Syslog, "-form", form, "-n", "1000", "-conns", "3", "-over", "9000h")
		is.Equal(code, 0)
		is.Equal(out, "1000 events sent\n")
	}
	p.AwaitRecords(3000)

	now := time.Now().In(loc)
	month := now.AddDate(0, -2, 0)
	isoYear, week := month.ISOWeek()
	periods := []string{
		"", now.Format("2006"), month.Format("2006-01"), month.Format("2006-01-02"), month.Format("2006-01-02T15"),
		fmt.Sprintf("%d-W%02d", isoYear, week), month.Format("2006-01-02") + "/" + now.Format("2006-01-02"),
		fmt.Sprintf("%d-Q%d", month.Year(), (month.Month()+2)/3), "-0[1-6]-.*T1[0-2]:", "no such time",
	}
	stat, standard, kirjeid := make(map[string][]statRow), make(map[string]int64), make(map[string]int64)
	for _, period := range periods {
		stat[period] = answer[[]statRow](t, p, "/stat", period, "kirjed")
		standard[period] = answer[int64](t, p, "/standard", period, "kirjeid")
		kirjeid[period] = answer[int64](t, p, "/kirjeid", period, "kirjeid")
	}
	alates := answer[string](t, p, "/alates", "", "alates")
	p.Stop()

	events := kept(t, dir)
	is.Equal(len(events), 3000)
	is.Equal(alates, aggregate.DayOf(slices.MinFunc(events, func(a, b event.Event) int {
		return a.Time.Compare(b.Time)
	}).Time, loc).String())
	for _, text := range periods {
		period, err := aggregate.ParsePeriod(text, nil)
		is.NoErr(err)
		rows := aggregate.Count(slices.Values(events), aggregate.Query{Period: period, By: aggregate.ByStat})
		want := make([]statRow, 0)
		for _, r := range rows {
			var w statRow
			w.ID.ClientID, w.ID.Method, w.ID.Operation, w.ID.Bank = r.Key.ClientID, r.Key.Method, string(r.Key.Operation), r.Key.Bank
			w.Count = r.Count
			want = append(want, w)
		}
		if d := gocmp.Diff(want, stat[text]); d != "" {
			t.Errorf("/stat?p=%s: %s", text, d)
		}
		is.Equal(standard[text], aggregate.Total(rows).Successes)
		is.Equal(kirjeid[text], aggregate.Total(rows).Events())
	}
}

// answer asks an old endpoint and returns one member of its answer.
func answer[T any](t *testing.T, p *service.Process, path, period, member string) (value T) {
	t.Helper()
	code, body := p.Get(path + "?p=" + url.QueryEscape(period))
	var all map[string]json.RawMessage
	err := json.Unmarshal([]byte(body), &all)
	if code != http.StatusOK || err != nil || string(all["err"]) != "null" {
		t.Fatalf("%s?p=%s: %d %s", path, period, code, body)
	}
	if err := json.Unmarshal(all[member], &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestWhatIsSentIsWhatIsKept sends events with every oddity that must survive.
func TestWhatIsSentIsWhatIsKept(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	p := service.Start(t, dir)
	var want []event.Event
	for i, text := range []string{
		"2018-04-28", "2018-04-28T10:51", "2018-04-28T10:51:12.123", "2018-04-28T10:51:12Z", "2018-04-28T10:51:12+0300",
	} {
		for _, message := range []string{"", "CODE: {braces} [x]: \"quotes\" \\ õäöü €", "plain"} {
			e := event.Event{
				TimeText: text, ClientID: fmt.Sprint("klient-", i), Method: event.MethodBankLink,
				Bank: "SEB", Country: "EE", Operation: event.OpSuccess,
			}
			if message != "" {
				e.Operation, e.Error = event.OpFailure, message
			}
			var err error
			e.Time, err = event.ParseTime(text, loc)
			is.NoErr(err)
			want = append(want, e)
		}
	}
	for _, form := range []string{"bsd", "rfc5424", "octet"} {
		c := p.Dial(form)
		for _, e := range want {
			is.NoErr(c.Send(event.AppendJSON(nil, e)))
		}
		is.NoErr(c.Close())
	}
	p.AwaitRecords(3 * len(want))
	p.Stop()
	got := kept(t, dir)
	if d := gocmp.Diff(slices.Concat(want, want, want), got); d != "" {
		t.Error(d)
	}
}

// TestNothingPersonalIsWritten plants what must never be kept and looks for it
// in everything the service wrote.
func TestNothingPersonalIsWritten(t *testing.T) {
	is := is.New(t)
	planted := []string{"49001010004", "192.0.2.77", "Kala-Maja-47"}
	dir := t.TempDir()
	p := service.Start(t, dir, "-log-level", "debug", "-syslog-replies")
	c, nc := p.DialRaw("bsd", nil)
	secrets := fmt.Sprintf(`"id_code":"%s","ip":"%s","password":"%s"`, planted[0], planted[1], planted[2])
	for _, payload := range []string{
		`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH",` + secrets + `}`,
		`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"ERROR","error":"X: ` +
			planted[0] + ` from ` + planted[1] + ` password=` + planted[2] + `"}`,
		`{"time":"2018-04-28","clientId":"a","method":"banklink","operation":"START_AUTH",` + secrets + `}`,
		`{` + secrets + `}`,
		`{"time":"` + planted[0] + `","clientId":"a","method":"idcard","operation":"START_AUTH"}`,
		`{` + secrets,
		`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}` + strings.Join(planted, " "),
	} {
		is.NoErr(c.Send([]byte(payload)))
	}
	_, err := nc.Write([]byte(strings.Join(planted, " ") + "\n"))
	is.NoErr(err)
	is.NoErr(c.Close())
	p.AwaitRecords(2) // the good ones
	var pages strings.Builder
	for _, path := range []string{"/", "/stat?p=2018", "/andmed", "/abi", "/metrics", "/kliendid", "/meetodid"} {
		code, body := p.Get(path)
		is.Equal(code, http.StatusOK)
		pages.WriteString(body)
	}
	// What must not be found is looked for where something is shown.
	is.True(strings.Contains(pages.String(), `{&#34;time&#34;:&#34;2018-04-28&#34;,&#34;clientId&#34;:&#34;a&#34;,&#34;method&#34;:&#34;banklink&#34;`))
	lookFor := func(where, text string) {
		for _, secret := range planted {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", where, secret)
			}
		}
	}
	lookFor("a page", pages.String())
	files := func() {
		is.NoErr(filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			lookFor(path, string(data))
			return err
		}))
	}
	files() // the journal of the log base is there only while it runs
	p.Stop()
	files()
	lookFor("the log", p.Output())
}

// TestServeAnswersMalformedRecords holds that with replies on each malformed record
// is answered with ERR-03, also one that is no JSON and a frame that is no message.
func TestServeAnswersMalformedRecords(t *testing.T) {
	is := is.New(t)
	p := service.Start(t, t.TempDir(), "-syslog-replies")
	replies := make(chan string, 10)
	c, nc := p.DialRaw("bsd", func(line string) { replies <- line })
	for _, text := range []string{"hello", `{"time":1}`, "{", `{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`} {
		is.NoErr(c.Send([]byte(text)))
	}
	_, err := nc.Write([]byte("garbage\n"))
	is.NoErr(err)
	is.NoErr(c.Close())
	var lines []string
	for len(replies) > 0 {
		lines = append(lines, <-replies)
	}
	const malformed = "ERR-03 Valesti moodustatud logikirje: "
	is.Equal(lines, []string{
		"TARA-Stat kuuldel", malformed + "no_json", malformed + "wrong_type time", malformed + "json_syntax", malformed + "bad_header",
	})
}

// TestStopReleasesIdleSenders holds that an idle sender, which is the usual
// case, does not delay the end, and that what it sent before is kept.
func TestStopReleasesIdleSenders(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	p := service.Start(t, dir)
	c := p.Dial("octet")
	is.NoErr(c.Send([]byte(`{"time":"2018-04-28","clientId":"a","method":"idcard","operation":"START_AUTH"}`)))
	p.Stop() // with the connection open, and the event perhaps on its way
	_ = c.Close()
	is.Equal(len(kept(t, dir)), 1)
	is.True(strings.Contains(p.Output(), "lost=0"))
}

func TestCheck(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	p := service.Start(t, dir)
	check := []string{"check", "-data-dir", dir}
	service.WellDone(t, check, "in use by a running service")
	service.WellDone(t, []string{"send", "-data-dir", dir, "-addr", p.Syslog, "-n", "500", "-over", "100h"}, "500 events sent\n")
	p.AwaitRecords(500)
	p.Stop()
	service.WellDone(t, check, "records: 500, from", "equal a recount")

	is.NoErr(os.Chmod(filepath.Join(dir, "keys", "server.key"), 0o644))
	code, out := service.Tool(t, check...)
	is.Equal(code, 1)
	is.True(strings.Contains(out, "readable by others"))
}

package locale_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/report"
)

func ExampleFor() {
	l := locale.For(logbase.Estonian)
	fmt.Println(l.T("clients.count", 234), "|", l.Percent(0.947), "|", l.Change(-0.031))
	day := time.Date(2018, time.April, 28, 10, 51, 0, 0, time.UTC)
	fmt.Println(l.DateTime(day), "|", l.Step(aggregate.Month, day))
	fmt.Println(l.Method("mID"), "|", l.Method("wallet"))
	// Output:
	// 234 klientrakendust | 94,7% | −3,1%
	// 28.04.2018 10:51 | aprill 2018
	// Mobiil-ID | wallet
}

func TestAnUnknownLanguageIsEstonian(t *testing.T) {
	is := is.New(t)
	is.Equal(locale.For("fi").Lang(), logbase.Estonian)
	is.Equal(locale.For(logbase.English).Lang(), logbase.English)
}

func TestT(t *testing.T) {
	is := is.New(t)
	et, en := locale.For(logbase.Estonian), locale.For(logbase.English)
	is.Equal(et.T("nav.overview"), "Ülevaade")
	is.Equal(en.T("delete.confirm", 1), "Delete 1 record")
	is.Equal(en.T("delete.confirm", int64(12345)), "Delete 12,345 records")
	is.Equal(et.T("delete.confirm", uint32(1)), "Kustuta 1 kirje")
	is.Equal(et.T("delete.confirm", 0), "Kustuta 0 kirjet")
	is.Equal(et.T("delete.confirm", "1"), "Kustuta 1 kirjet") // a text chooses no form
	is.Equal(et.T("table.shown", 1, 50, 600), "Näidatud 1–50 (kokku 600)")
	is.Equal(et.T("table.shown", 1), "Näidatud 1–{1} (kokku {2})")
	is.Equal(et.T("filter.chip", "{1}", "<b>"), "{1}: <b>") // an argument is never read as a text
	is.Equal(et.T("filter.chip", aggregate.Date(2018, 4, 28), nil), "2018-04-28: <nil>")
	is.Equal(et.T("no.such"), "⟦no.such⟧")
	is.True(!et.Has("no.such"))
}

func TestNumbers(t *testing.T) {
	is := is.NewRelaxed(t)
	et, en := locale.For(logbase.Estonian), locale.For(logbase.English)
	is.Equal(et.Int(0), "0")
	is.Equal(et.Int(999), "999")
	is.Equal(et.Int(1000), "1\u00a0000")
	is.Equal(et.Int(1234567), "1\u00a0234\u00a0567")
	is.Equal(et.Int(-123456), "−123\u00a0456")
	is.Equal(et.Int(-1<<63), "−9\u00a0223\u00a0372\u00a0036\u00a0854\u00a0775\u00a0808")
	is.Equal(en.Int(1234567), "1,234,567")
	is.Equal(et.Percent(0.947), "94,7%")
	is.Equal(en.Percent(0.947), "94.7%")
	is.Equal(et.Percent(0), "0%")
	is.Equal(et.Percent(1), "100%")
	is.Equal(et.Percent(0.0004), "<0,1%")
	is.Equal(et.Percent(0.99999), ">99,9%")
	is.Equal(et.Percent(0.9994), "99,9%")
	is.Equal(et.Change(0.031), "+3,1%")
	is.Equal(et.Change(-0.031), "−3,1%")
	is.Equal(et.Change(0), "0,0%")
	is.Equal(et.Change(-0.00001), "0,0%")
	is.Equal(et.Change(12.5), "+1\u00a0250%")
	is.Equal(en.Change(-1), "−100%")
	is.Equal(et.Points(0.004), "+0,4\u00a0pp")
	is.Equal(et.Points(-0.012), "−1,2\u00a0pp")
	is.Equal(et.Points(0), "0,0\u00a0pp")
	is.Equal(et.Decimal(1234.5, 2), "1\u00a0234,50")
	is.Equal(et.Decimal(0.5, 0), "0")
	is.Equal(et.Short(0), "0")
	is.Equal(et.Short(7500), "7\u00a0500")
	is.Equal(et.Short(12_500), "12,5 tuh")
	is.Equal(et.Short(200_000), "200 tuh")
	is.Equal(et.Short(1_250_000), "1,25 mln")
	is.Equal(et.Short(-2_000_000), "−2 mln")
	is.Equal(en.Short(2_000_000), "2M")
	is.Equal(en.Short(3_500_000_000), "3.5bn")
}

func TestDates(t *testing.T) {
	is := is.NewRelaxed(t)
	et, en := locale.For(logbase.Estonian), locale.For(logbase.English)
	at := time.Date(2018, time.April, 8, 9, 5, 30, 0, time.UTC)
	day := aggregate.Date
	is.Equal(et.Date(at), "08.04.2018")
	is.Equal(en.Date(at), "8 Apr 2018")
	is.Equal(et.DateTime(at), "08.04.2018 09:05")
	is.Equal(en.DateTime(at), "8 Apr 2018, 09:05")
	is.Equal(et.Clock(at), "09:05")
	is.Equal(et.Days(day(2018, 5, 16), day(2018, 5, 26)), "16.–26. mai 2018")
	is.Equal(en.Days(day(2018, 5, 16), day(2018, 5, 26)), "16–26 May 2018")
	is.Equal(et.Days(day(2018, 4, 28), day(2018, 5, 3)), "28. aprill – 3. mai 2018")
	is.Equal(et.Days(day(2017, 12, 28), day(2018, 1, 3)), "28. detsember 2017 – 3. jaanuar 2018")
	is.Equal(et.Days(day(2018, 4, 28), day(2018, 4, 28)), "28. aprill 2018")
	is.Equal(et.Days(day(2018, 4, 1), day(2018, 4, 30)), "1.–30. aprill 2018")
	is.Equal(et.Days(day(2018, 4, 1), day(2018, 6, 30)), "aprill–juuni 2018")
	is.Equal(et.Days(day(2017, 11, 1), day(2018, 2, 28)), "november 2017 – veebruar 2018")
	is.Equal(et.DayRange(day(2018, 1, 2), day(2018, 4, 28)), "02.01.2018–28.04.2018")
	is.Equal(en.DayRange(day(2018, 1, 2), day(2018, 4, 28)), "2 Jan 2018 – 28 Apr 2018")
	is.Equal(et.DayRange(day(2018, 1, 2), day(2018, 1, 2)), "02.01.2018")
	is.Equal(et.MonthOf(day(2018, 2, 28)), "veebr 2018")
	is.Equal(et.Weekday(time.Sunday), "pühapäev")
	is.Equal(et.WeekdayShort(time.Monday), "E")
	is.Equal(en.WeekdayShort(time.Saturday), "Sat")
	is.Equal(et.Relative(-time.Minute), "äsja")
	is.Equal(et.Relative(12*time.Second), "12 s tagasi")
	is.Equal(et.Relative(3*time.Minute), "3 min tagasi")
	is.Equal(et.Relative(47*time.Hour), "47 h tagasi")
	is.Equal(et.Relative(50*time.Hour), "2 päeva tagasi")
	is.Equal(en.Relative(50*time.Hour), "2 days ago")
}

func TestPeriod(t *testing.T) {
	et, en := locale.For(logbase.Estonian), locale.For(logbase.English)
	bounds := logbase.Bounds{Records: 1, First: aggregate.Date(2018, 1, 2), Last: aggregate.Date(2018, 4, 28)}
	for _, tt := range []struct{ text, et, en string }{
		{"2018", "2018. aasta", "2018"},
		{"2018-Q2", "2. kvartal 2018", "Q2 2018"},
		{"2018-04", "aprill 2018 (30 päeva)", "April 2018 (30 days)"},
		{"2018-W17", "17. nädal 2018 (23.–29. aprill)", "Week 17 of 2018 (23–29 April)"},
		{"2018-W18", "18. nädal 2018 (30. aprill – 6. mai)", "Week 18 of 2018 (30 April – 6 May)"},
		{
			"2020-W53", "53. nädal 2020 (28. detsember 2020 – 3. jaanuar 2021)",
			"Week 53 of 2020 (28 December 2020 – 3 January 2021)",
		},
		{"2018-04-28", "28. aprill 2018", "28 April 2018"},
		{"2018-04-28T10", "28. aprill 2018 kell 10–11", "28 April 2018, 10:00–11:00"},
		{"2018-04-28T23", "28. aprill 2018 kell 23–24", "28 April 2018, 23:00–24:00"},
		{"2018-03-25T03", "25. märts 2018 kell 3–4", "25 March 2018, 3:00–4:00"}, // left out by the clock
		{"2018-10-28T03", "28. oktoober 2018 kell 3–4", "28 October 2018, 3:00–4:00"},
		{"2018-05-16/2018-05-26", "16.–26. mai 2018 (11 päeva)", "16–26 May 2018 (11 days)"},
		{"2018-04/2018-06", "aprill–juuni 2018 (91 päeva)", "April–June 2018 (91 days)"},
		{"2018-04-28/2018-04-28", "28. aprill 2018", "28 April 2018"},
		{"2018-04-28T10/2018-04-28T11", "28. aprill 2018 kell 10–12", "28 April 2018, 10:00–12:00"},
		{
			"2018-04-28T10/2018-04-29", "28. aprill 2018 kell 10 – 29. aprill 2018 kell 24",
			"28 April 2018, 10:00 – 29 April 2018, 24:00",
		},
		{"2018-0[4-6]", "ajad, mis vastavad mustrile „2018-0[4-6]“", "times that match the pattern “2018-0[4-6]”"},
		{"", "kogu aeg (02.01.2018–28.04.2018)", "all time (2 Jan 2018 – 28 Apr 2018)"},
	} {
		p, err := aggregate.ParsePeriod(tt.text, nil)
		is.New(t).NoErr(err)
		if got := et.Period(p, bounds); got != tt.et {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.et)
		}
		if got := en.Period(p, bounds); got != tt.en {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.en)
		}
	}
	is := is.New(t)
	loc := event.DefaultLocation()
	at := aggregate.Date(2018, 4, 28).Start(loc)
	is.Equal(et.Period(aggregate.Period{}, logbase.Bounds{}), "kogu aeg")
	is.Equal(et.Period(aggregate.Between(at, time.Time{}, loc), bounds), "alates 28.04.2018")
	is.Equal(et.Period(aggregate.Between(time.Time{}, at, loc), bounds), "enne 28.04.2018")
	is.Equal(et.Period(aggregate.Between(at, at, loc), bounds), "28. aprill 2018")
}

func TestSteps(t *testing.T) {
	et, en := locale.For(logbase.Estonian), locale.For(logbase.English)
	at := time.Date(2018, time.January, 1, 0, 0, 0, 0, event.DefaultLocation()) // a Monday
	for _, tt := range []struct {
		unit                    aggregate.Unit
		step, axis, english, ax string
	}{
		{aggregate.Hour, "01.01.2018 kell 0–1", "01.01", "1 Jan 2018, 0:00–1:00", "1 Jan"},
		{aggregate.DayUnit, "E 01.01.2018", "01.01", "Mon 1 Jan 2018", "1 Jan"},
		{aggregate.Week, "1. nädal (1.–7. jaanuar 2018)", "1. näd", "Week 1 (1–7 January 2018)", "W1"},
		{aggregate.Month, "jaanuar 2018", "jaan 2018", "January 2018", "Jan 2018"},
		{aggregate.Quarter, "1. kvartal 2018", "1. kv 2018", "Q1 2018", "Q1 2018"},
		{aggregate.Year, "2018", "2018", "2018", "2018"},
		{aggregate.Whole, "", "", "", ""},
	} {
		got := []string{et.Step(tt.unit, at), et.Axis(tt.unit, at), en.Step(tt.unit, at), en.Axis(tt.unit, at)}
		if diff := cmp.Diff([]string{tt.step, tt.axis, tt.english, tt.ax}, got); diff != "" {
			t.Errorf("%v: want (-), got (+):\n%s", tt.unit, diff)
		}
	}
	is := is.New(t)
	is.Equal(et.Axis(aggregate.Hour, at.Add(10*time.Hour)), "10:00")
	is.Equal(et.Axis(aggregate.Month, at.AddDate(0, 1, 0)), "veebr")
	is.Equal(et.Unit(aggregate.DayUnit), "päev")

	// The hour that Tallinn has twice in October.
	summer := time.Date(2018, time.October, 28, 0, 0, 0, 0, time.UTC).In(event.DefaultLocation())
	is.Equal(et.Step(aggregate.Hour, summer), "28.10.2018 kell 3–4 (suveaeg)")
	is.Equal(et.Step(aggregate.Hour, summer.Add(time.Hour)), "28.10.2018 kell 3–4 (talveaeg)")
	is.Equal(et.Step(aggregate.Hour, summer.Add(2*time.Hour)), "28.10.2018 kell 4–5")
}

func TestNames(t *testing.T) {
	is := is.New(t)
	et, en := locale.For(logbase.Estonian), locale.For(logbase.English)
	is.Equal(et.Method(event.MethodIDCard), "ID-kaart")
	is.Equal(en.Method(event.MethodEIDAS), "eIDAS (EU eID)")
	is.Equal(et.Country("LV"), "Läti")
	is.Equal(et.Country("ZZ"), "ZZ")
	is.Equal(et.Bank("LHV"), "LHV")
	is.Equal(et.Reason((&event.FieldError{Class: event.ClassWrongType, Field: "bank"}).Reason()), "Välja bank väärtus ei ole tekst")
	is.Equal(et.Reason("missing_time"), "Aeg (time) puudub")
	is.Equal(et.Reason("brand_new"), "brand_new")
}

func TestFaultsOfTARAServerAreExplained(t *testing.T) {
	is := is.New(t)
	l := locale.For(logbase.Estonian)
	for text, want := range map[string]string{
		"CERTIFICATE_REVOKED: Certificate is revoked":                                "Sertifikaat on tühistatud",
		"User cancelled operation from his/her phone.":                               "Kasutaja katkestas autentimise",
		"Unable to reach phone/SIM card. User needs to check if phone has coverage.": "Telefon ei ole levis",
		"MID service returned internal error that cannot be handled locally":         "Väline teenus ei tööta või on hoolduses",
		"something else": "",
		"":               "",
	} {
		e := event.Event{Operation: event.OpFailure, Error: text}
		is.Equal(l.Fault(e.ErrorCode()), want)
	}
}

func TestCompareFollowsTheEstonianAlphabet(t *testing.T) {
	want := []string{
		"app 2", "app 10", "sa", "Sa", "ša", "tara", "uba", "vaba", "wiki", "õun", "äke", "ööbik", "üks", "x-tee", "y",
	}
	want = slices.Insert(want, 5, "zeta", "žanr")
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, locale.For(logbase.Estonian).Compare())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestNoChange(t *testing.T) {
	l := locale.For(logbase.Estonian)
	day := aggregate.Date(2018, 3, 14)
	gap := func(days ...aggregate.Day) (out []report.Gap) {
		for _, d := range days {
			out = append(out, report.Gap{First: d, Last: d})
		}
		return out
	}
	tests := []struct {
		why  report.Reason
		gaps []report.Gap
		want string // part of it
	}{
		{report.Fair, nil, ""},
		{report.NotAsked, nil, "puudub"},
		{report.Unbounded, nil, "algust ja lõppu"},
		{report.NotBegun, nil, "ühtegi sammu"},
		{report.BeforeData, nil, "enne andmete algust"},
		{report.UnknownCoverage, nil, "teadmata"},
		{report.HasGaps, gap(day), "14.03.2018"},
		{report.HasGaps, gap(day, day+2, day+4), "14.03.2018, 16.03.2018, 18.03.2018"},
		{report.HasGaps, gap(day, day+2, day+4, day+6), "18.03.2018, …"},
	}
	for _, tt := range tests {
		got := l.NoChange(&report.Scope{NoChange: tt.why, Gaps: tt.gaps})
		if !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%d: %q, want %q", tt.why, got, tt.want)
		}
	}
}

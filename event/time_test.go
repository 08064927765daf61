package event_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

func TestParseTime(t *testing.T) {
	tests := []struct{ name, text, want string }{
		// What senders were seen to write.
		{"date", "2018-04-28", "2018-04-28T00:00:00+03:00"},
		{"minutes: Java leaves out zero seconds", "2018-04-28T10:51", "2018-04-28T10:51:00+03:00"},
		{"seconds", "2018-04-28T10:51:12", "2018-04-28T10:51:12+03:00"},
		{"winter", "2018-01-28T10:51:12", "2018-01-28T10:51:12+02:00"},
		{"1 digit", "2018-04-28T10:51:12.1", "2018-04-28T10:51:12.1+03:00"},
		{"2 digits", "2018-04-28T10:51:12.12", "2018-04-28T10:51:12.12+03:00"},
		{"3 digits", "2018-04-28T10:51:12.123", "2018-04-28T10:51:12.123+03:00"},
		{"4 digits", "2018-04-28T10:51:12.1234", "2018-04-28T10:51:12.1234+03:00"},
		{"5 digits", "2018-04-28T10:51:12.12345", "2018-04-28T10:51:12.12345+03:00"},
		{"6 digits", "2018-04-28T10:51:12.123456", "2018-04-28T10:51:12.123456+03:00"},
		{"7 digits", "2018-04-28T10:51:12.1234567", "2018-04-28T10:51:12.1234567+03:00"},
		{"8 digits", "2018-04-28T10:51:12.12345678", "2018-04-28T10:51:12.12345678+03:00"},
		{"9 digits", "2018-04-28T10:51:12.123456789", "2018-04-28T10:51:12.123456789+03:00"},
		{"9 zeros", "2018-04-28T10:51:12.000000000", "2018-04-28T10:51:12+03:00"},
		{"Z", "2018-04-28T10:51:12Z", "2018-04-28T10:51:12Z"},
		{"Z after a fraction", "2018-04-28T10:51:12.345Z", "2018-04-28T10:51:12.345Z"},
		{"Z after minutes", "2018-04-28T10:51Z", "2018-04-28T10:51:00Z"},
		{"+03:00", "2018-04-28T10:51:12+03:00", "2018-04-28T10:51:12+03:00"},
		{"+0300", "2018-04-28T10:51:12.345+0300", "2018-04-28T10:51:12.345+03:00"},
		{"-05:30", "2018-04-28T10:51:12-05:30", "2018-04-28T10:51:12-05:30"},
		{"+23:59", "2018-04-28T10:51:12+23:59", "2018-04-28T10:51:12+23:59"},

		// The calendar.
		{"first second of the day", "2018-04-28T00:00:00", "2018-04-28T00:00:00+03:00"},
		{"last second of the day", "2018-04-28T23:59:59", "2018-04-28T23:59:59+03:00"},
		{"last day of the year", "2018-12-31", "2018-12-31T00:00:00+02:00"},
		{"leap year", "2016-02-29", "2016-02-29T00:00:00+02:00"},
		{"leap century", "2000-02-29", "2000-02-29T00:00:00+02:00"},
		{"year 9999", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},

		// Europe/Tallinn went from 03:00 to 04:00 on 25 March 2018 and from
		// 04:00 back to 03:00 on 28 October.
		{"before the gap", "2018-03-25T02:59:59", "2018-03-25T02:59:59+02:00"},
		{"in the gap", "2018-03-25T03:30", "2018-03-25T04:30:00+03:00"},
		{"after the gap", "2018-03-25T04:00", "2018-03-25T04:00:00+03:00"},
		{"before the hour that comes twice", "2018-10-28T02:59:59", "2018-10-28T02:59:59+03:00"},
		{"the hour that comes twice", "2018-10-28T03:30", "2018-10-28T03:30:00+02:00"},
		{"the hour that comes twice, first", "2018-10-28T03:30+03:00", "2018-10-28T03:30:00+03:00"},
		{"after it", "2018-10-28T04:00", "2018-10-28T04:00:00+02:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			for _, loc := range []*time.Location{event.DefaultLocation(), nil} {
				got, err := event.ParseTime(tt.text, loc)
				is.NoErr(err)
				is.Equal(got.Format(time.RFC3339Nano), tt.want)
			}
		})
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "word": "x", "space": " ", "number": "1524910272",
		"year": "2018", "month": "2018-04", "week": "2018-W17-6", "day of the year": "2018-118", "basic form": "20180428",
		"year of five digits": "12018-04-28", "signed year": "+2018-04-28", "year of two digits": "18-04-28",
		"month 0": "2018-00-28", "month 13": "2018-13-28", "month of one digit": "2018-4-28",
		"day 0": "2018-04-00", "31 April": "2018-04-31", "32 January": "2018-01-32",
		"30 February": "2018-02-30", "29 February": "2018-02-29", "29 February 1900": "1900-02-29", "29 February 2100": "2100-02-29",
		"no time after T": "2018-04-28T", "hour alone": "2018-04-28T10", "hour of one digit": "2018-04-28T9:51",
		"hour 24": "2018-04-28T24:00", "hour 25": "2018-04-28T25:00", "minute 60": "2018-04-28T10:60",
		"leap second": "2018-04-28T23:59:60", "second 61": "2018-04-28T10:51:61", "second of one digit": "2018-04-28T10:51:1",
		"no seconds after the colon": "2018-04-28T10:51:", "fraction of minutes": "2018-04-28T10:51.5",
		"no digit in the fraction": "2018-04-28T10:51:12.", "10 digits": "2018-04-28T10:51:12.1234567890",
		"comma": "2018-04-28T10:51:12,345", "sign in the fraction": "2018-04-28T10:51:12.+5",
		"space for T": "2018-04-28 10:51:12", "small t": "2018-04-28t10:51:12", "small z": "2018-04-28T10:51:12z",
		"date with a zone": "2018-04-28Z", "date with an offset": "2018-04-28+03:00",
		"offset of hours": "2018-04-28T10:51:12+03", "offset cut at the colon": "2018-04-28T10:51:12+03:", "offset of one digit": "2018-04-28T10:51:12+3:00",
		"offset of 24 hours": "2018-04-28T10:51:12+24:00", "offset of 60 minutes": "2018-04-28T10:51:12+03:60",
		"offset without a sign": "2018-04-28T10:51:12 03:00", "two zones": "2018-04-28T10:51:12Z+03:00", "zone by name": "2018-04-28T10:51:12[Europe/Tallinn]",
		"space before": " 2018-04-28", "space behind": "2018-04-28T10:51:12 ", "newline behind": "2018-04-28\n",
		"digits that are not ASCII": "٢٠١٨-04-28", "another dash": "2018‐04‐28", "JavaScript": "Sat Apr 28 2018", "day first": "28.04.2018",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, err := event.ParseTime(text, time.UTC)
			is.True(err != nil)
			is.True(got.IsZero())
		})
	}
}

func TestParserLocation(t *testing.T) {
	is := is.New(t)
	p := event.Parser{Location: time.FixedZone("", -5*3600)}
	e, _, err := p.Parse([]byte(with()))
	is.NoErr(err)
	is.Equal(e.Time.Format(time.RFC3339Nano), "2018-04-28T10:11:12.345-05:00")
	is.Equal(e.TimeText, "2018-04-28T10:11:12.345") // as written
	e, _, err = p.Parse([]byte(with(`"time":"2018-04-28T10:11:12Z"`)))
	is.NoErr(err)
	is.Equal(e.Time.Format(time.RFC3339Nano), "2018-04-28T10:11:12Z") // its own zone goes first
}

func TestDefaultLocation(t *testing.T) {
	is := is.New(t)
	is.Equal(event.DefaultLocation().String(), event.DefaultZone)
}

func TestTimeNotes(t *testing.T) {
	now := time.Date(2018, 4, 28, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		t    time.Time
		want event.Notes
	}{
		"now":                {now, 0},
		"a day ahead":        {now.Add(24 * time.Hour), 0},
		"over a day ahead":   {now.Add(24*time.Hour + 1), event.NoteTimeFuture},
		"year 9999":          {time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), event.NoteTimeFuture},
		"first of 2015":      {time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), 0},
		"before 2015":        {time.Date(2014, 12, 31, 23, 59, 59, 999, time.UTC), event.NoteTimeOld},
		"2015 where it is":   {time.Date(2015, 1, 1, 0, 0, 0, 0, event.DefaultLocation()), 0},
		"beginning of times": {time.Time{}, event.NoteTimeOld},
	} {
		t.Run(name, func(t *testing.T) { is.New(t).Equal(event.TimeNotes(tt.t, now), tt.want) })
	}
}

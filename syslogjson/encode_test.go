package syslogjson_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
)

// captured is what log4j2 2.19 put on the wire (DESIGN.md section 3).
const captured = `{"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo","method":"banklink","bank":"SEB","operation":"START_AUTH"}`

func TestEncodeCaptured(t *testing.T) {
	is := is.New(t)
	h := syslogjson.DefaultHeader("vm")
	at := time.Date(2026, time.November, 21, 19, 29, 11, 0, time.UTC)
	is.Equal(string(h.Append(nil, at, []byte(captured))),
		"<38>Nov 21 19:29:11 vm "+captured+"\n")

	h.AppName, h.ProcID = "tara", "13543"
	at = time.Date(2026, time.November, 21, 21, 29, 15, 48e6, time.FixedZone("", 7200))
	line := "<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - " + captured + "\n"
	h.Format = syslogjson.RFC5424
	is.Equal(string(h.Append(nil, at, []byte(captured))), line)
	h.Framing = syslogjson.OctetCounting
	is.Equal(string(h.Append([]byte("before "), at, []byte(captured))), "before 166 "+line)
}

func TestEncodeBSDDay(t *testing.T) {
	is := is.New(t)
	h := syslogjson.DefaultHeader("vm")
	at := time.Date(2026, time.August, 1, 10, 51, 54, 0, time.UTC)
	is.Equal(string(h.Append(nil, at, []byte("{}"))), "<38>Aug  1 10:51:54 vm {}\n")
}

// What is appended is one frame, and it is read as it was meant.
func TestEncodeRoundTrip(t *testing.T) {
	headers := []syslogjson.Header{
		{},
		syslogjson.DefaultHeader("vm"),
		{Facility: 23, Severity: 7, Hostname: "h", AppName: "a", ProcID: "p", MsgID: "m"},
		{Facility: 99, Severity: 99, Hostname: "white space\n{", AppName: "õ", ProcID: "<1>", MsgID: "\x00"},
		{Hostname: x(300), AppName: x(300), ProcID: x(300), MsgID: x(300)},
	}
	payloads := []string{j("a"), j("Tõrge € 𝄞"), "{\n \"n\": 1\n}", `{"error":"{ ]: \n \\"}`, "{" + strings.Repeat(`"n":1,`, 500) + `"m":2}`}
	at := time.Date(2026, time.November, 30, 23, 59, 59, 999e6, time.UTC)
	for i, h := range headers {
		for _, form := range forms {
			t.Run(fmt.Sprint(i, form.name), func(t *testing.T) {
				is := is.New(t)
				h := inForm(h, form.header)
				var stream []byte
				var want []string
				for _, p := range payloads {
					stream = h.Append(stream, at, []byte(p))
					want = append(want, strings.ReplaceAll(p, "\n", " "))
				}
				got, _ := served(t, strings.NewReader(string(stream)))
				is.Equal(cmp.Diff(want, got), "")
			})
		}
	}
}

package syslogjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
)

func TestParseHeader(t *testing.T) {
	obj := []byte(j("a"))
	tests := []struct {
		name, frame string
		want        syslogjson.Message
	}{
		{
			"log4j2 BSD", "<38>Nov 21 19:29:11 vm " + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6, Hostname: "vm"}, Timestamp: []byte("Nov 21 19:29:11"), Payload: obj},
		},
		{
			"BSD with tag and pid", "<165>Aug  1 10:51:54 vm tara[13543]: " + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 20, Severity: 5, Hostname: "vm", AppName: "tara", ProcID: "13543"}, Timestamp: []byte("Aug  1 10:51:54"), Payload: obj},
		},
		{
			"BSD with tag, no host", "<38>Aug  1 10:51:54 tara: " + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6, AppName: "tara"}, Timestamp: []byte("Aug  1 10:51:54"), Payload: obj},
		},
		{
			"rsyslog's forward format", "<38>2026-11-21T19:29:15.048123+02:00 vm " + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6, Hostname: "vm"}, Timestamp: []byte("2026-11-21T19:29:15.048123+02:00"), Payload: obj},
		},
		{"BSD, nothing but the object", "<38>" + j("a"), syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6}, Payload: obj}},
		{
			"log4j2 RFC 5424", "<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - " + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6, Format: syslogjson.RFC5424, Hostname: "vm", AppName: "tara", ProcID: "13543"}, Timestamp: []byte("2026-11-21T19:29:15.048Z"), Payload: obj},
		},
		{
			"RFC 5424 with everything", `<38>1 2026-11-30T19:29:15Z vm tara 13543 ID47 [x@1 y="z"] ` + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6, Format: syslogjson.RFC5424, Hostname: "vm", AppName: "tara", ProcID: "13543", MsgID: "ID47"}, Timestamp: []byte("2026-11-30T19:29:15Z"), Payload: obj},
		},
		{
			"RFC 5424 with TARA-Server's zone", "<38>1 2026-11-21T19:29:15.048+0200 vm tara 13543 - - " + j("a"),
			syslogjson.Message{Header: syslogjson.Header{Facility: 4, Severity: 6, Format: syslogjson.RFC5424, Hostname: "vm", AppName: "tara", ProcID: "13543"}, Timestamp: []byte("2026-11-21T19:29:15.048+0200"), Payload: obj},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			m, err := syslogjson.Parse([]byte(tt.frame))
			is.NoErr(err)
			is.Equal(cmp.Diff(&tt.want, m, cmpopts.EquateComparable(syslogjson.Peer{})), "")
		})
	}
}

func TestParseError(t *testing.T) {
	tests := []struct {
		frame  string
		class  syslogjson.Class
		offset int
	}{
		{"", syslogjson.ClassBadHeader, 0},
		{"  hello", syslogjson.ClassBadHeader, 2},
		{bomText + "hello", syslogjson.ClassBadHeader, 3},
		{"<192>{}", syslogjson.ClassBadHeader, 0},
		{"<38>hello", syslogjson.ClassNoJSON, 4},
		{"<38>1 - h a - - - hello", syslogjson.ClassNoJSON, 17},
		{"<38>1 x h a - - - hello", syslogjson.ClassBadHeader, 4},
	}
	for _, tt := range tests {
		t.Run(tt.frame, func(t *testing.T) {
			is := is.New(t)
			_, err := syslogjson.Parse([]byte(tt.frame))
			pe, ok := errors.AsType[*syslogjson.ParseError](err)
			is.True(ok)
			is.Equal(pe.Class, tt.class)
			is.Equal(pe.Offset, tt.offset)
		})
	}
}

// No frame is made of a line inside another one.
func TestParseNoSmuggling(t *testing.T) {
	is := is.New(t)
	_, err := syslogjson.Parse([]byte("GARBAGE\n" + p5(j("a"))))
	is.True(err != nil)
	m, err := syslogjson.Parse([]byte("<13>1 bad\n<191>1 - evil a - - - " + j("a")))
	is.NoErr(err) // the object is not lost, but the first priority stands
	is.Equal(m.Severity, syslogjson.Severity(5))
	is.Equal(string(m.Payload), j("a"))
}

// The usual headers are read without the machine and without allocating.
func TestParserAllocs(t *testing.T) {
	for _, frame := range []string{
		"<38>Nov 21 19:29:11 vm " + j("a"),
		"<38>Nov 21 19:29:11 vm tara[12]: " + j("a"),
		"<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - " + j("a"),
		"<38>1 2026-11-21T19:29:15.048+02:00 vm tara 13543 ID - " + j("a"),
	} {
		var p syslogjson.Parser
		var m syslogjson.Message
		b := []byte(frame)
		if n := testing.AllocsPerRun(100, func() {
			if err := p.ParseInto(&m, b); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%q: %v allocations", frame, n)
		}
	}
}

// FuzzFastPath holds that it agrees with the machine, its seeds in every test run.
func TestFastPathIsUsed(t *testing.T) {
	is := is.New(t)
	is.True(syslogjson.PlainHeader([]byte("<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {}")))
	is.True(syslogjson.PlainHeader([]byte("<38>1 - - - - - - {}")))
}

func TestNames(t *testing.T) {
	is := is.New(t)
	is.Equal(syslogjson.BSD.String(), "bsd")
	is.Equal(syslogjson.RFC5424.String(), "rfc5424")
	is.Equal(syslogjson.OctetCounting.String(), "octet")
	is.Equal(syslogjson.NonTransparent.String(), "newline")
	is.Equal(syslogjson.Classes(), []syslogjson.Class{"oversize", "partial", "bad_header", "bad_count", "no_json"})
	is.Equal(syslogjson.HandshakeClasses(), []syslogjson.HandshakeClass{
		"no_tls", "http", "no_certificate", "bad_certificate", "timed_out", "left", "other",
	})
}

// Errors name the fault, and never what the frame holds.
func TestErrorsHoldNoContent(t *testing.T) {
	const secret = "38001010000"
	for _, frame := range []string{secret, "<38>" + secret, "<38>1 - h a - - - " + secret, "<38>1 " + secret + " x"} {
		_, err := syslogjson.Parse([]byte(frame))
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
			t.Errorf("%q: %v", frame, err)
		}
	}
}

// captured is what log4j2 2.19 put on the wire (DESIGN.md section 3).
const captured = `{"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo","method":"banklink","bank":"SEB","operation":"START_AUTH"}`

func TestEncodeCaptured(t *testing.T) {
	is := is.New(t)
	h := syslogjson.DefaultHeader("vm")
	at := time.Date(2026, time.November, 21, 19, 29, 11, 0, time.UTC)
	is.Equal(string(h.Append(nil, at, []byte(captured))),
		"<38>Nov 21 19:29:11 vm "+captured+"\n")

	at = time.Date(2026, time.August, 1, 10, 51, 54, 0, time.UTC)
	is.Equal(string(h.Append(nil, at, []byte("{}"))), "<38>Aug  1 10:51:54 vm {}\n") // the day in two places

	h.AppName, h.ProcID = "tara", "13543"
	at = time.Date(2026, time.November, 21, 21, 29, 15, 48e6, time.FixedZone("", 7200))
	line := "<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - " + captured + "\n"
	h.Format = syslogjson.RFC5424
	is.Equal(string(h.Append(nil, at, []byte(captured))), line)
	h.Framing = syslogjson.OctetCounting
	is.Equal(string(h.Append([]byte("before "), at, []byte(captured))), "before 166 "+line)
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

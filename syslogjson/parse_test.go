package syslogjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
)

func TestParseHeader(t *testing.T) {
	from := func(h syslogjson.Header) syslogjson.Header {
		h.Facility, h.Severity = 4, 6
		return h
	}
	tara := syslogjson.Header{Format: syslogjson.RFC5424, Hostname: "vm", AppName: "tara", ProcID: "13543"}
	withID := tara
	withID.MsgID = "ID47"
	tests := []struct {
		name, before, stamp, after string
		want                       syslogjson.Header
	}{
		{"log4j2 BSD", "<38>", "Nov 21 19:29:11", " vm ", from(syslogjson.Header{Hostname: "vm"})},
		{"BSD with tag and pid", "<165>", "Aug  1 10:51:54", " vm tara[13543]: ", syslogjson.Header{Facility: 20, Severity: 5, Hostname: "vm", AppName: "tara", ProcID: "13543"}},
		{"BSD with tag, no host", "<38>", "Aug  1 10:51:54", " tara: ", from(syslogjson.Header{AppName: "tara"})},
		{"rsyslog's forward format", "<38>", "2026-11-21T19:29:15.048123+02:00", " vm ", from(syslogjson.Header{Hostname: "vm"})},
		{"BSD, nothing but the object", "<38>", "", "", from(syslogjson.Header{})},
		{"log4j2 RFC 5424", "<38>1 ", "2026-11-21T19:29:15.048Z", " vm tara 13543 - - ", from(tara)},
		{"RFC 5424 with everything", "<38>1 ", "2026-11-30T19:29:15Z", ` vm tara 13543 ID47 [x@1 y="z"] `, from(withID)},
		{"RFC 5424 with TARA-Server's zone", "<38>1 ", "2026-11-21T19:29:15.048+0200", " vm tara 13543 - - ", from(tara)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			m, err := syslogjson.Parse([]byte(tt.before + tt.stamp + tt.after + j("a")))
			is.NoErr(err)
			is.Equal(m.Header, tt.want)
			is.Equal(string(m.Timestamp), tt.stamp)
			is.Equal(m.Timestamp == nil, tt.stamp == "")
			is.Equal(string(m.Payload), j("a"))
		})
	}
}

// Errors name the fault and its place, and never what the frame holds.
func TestParseError(t *testing.T) {
	const secret = "38001010000"
	tests := []struct {
		frame  string
		class  syslogjson.Class
		offset int
	}{
		{"", syslogjson.ClassBadHeader, 0},
		{"  " + secret, syslogjson.ClassBadHeader, 2},
		{bomText + secret, syslogjson.ClassBadHeader, 3},
		{"<192>{}", syslogjson.ClassBadHeader, 0},
		{"<38>" + secret, syslogjson.ClassNoJSON, 4},
		{"<38>1 - h a - - - " + secret, syslogjson.ClassNoJSON, 17},
		{"<38>1 " + secret + " h a - - - hello", syslogjson.ClassBadHeader, 4},
		{"<38>1 " + secret + " x", syslogjson.ClassBadHeader, 4},
	}
	for _, tt := range tests {
		t.Run(tt.frame, func(t *testing.T) {
			is := is.New(t)
			_, err := syslogjson.Parse([]byte(tt.frame))
			var pe *syslogjson.ParseError
			ok := errors.As(err, &pe)
			is.True(ok)
			is.Equal(pe.Class, tt.class)
			is.Equal(pe.Offset, tt.offset)
			is.True(!strings.Contains(fmt.Sprintf("%v %+v", err, err), secret))
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
	is.Equal(m.Severity, uint8(5))
	is.Equal(string(m.Payload), j("a"))
}

// The usual headers are read without the machine, which allocates. FuzzFastPath holds
// that this reads the same, its seeds in every test run.
func TestParserAllocs(t *testing.T) {
	for _, frame := range []string{
		"<38>Nov 21 19:29:11 vm " + j("a"),
		"<38>Nov 21 19:29:11 vm tara[12]: " + j("a"),
		"<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - " + j("a"),
		"<38>1 2026-11-21T19:29:15.048+02:00 vm tara 13543 ID - " + j("a"),
		"<38>1 - - - - - - {}",
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

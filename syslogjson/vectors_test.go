package syslogjson_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bomText = "\uFEFF"

// vector is one row of reliability.md sections 1.1 to 1.4: a stream, and what must
// become of it.
type vector struct {
	row    string
	stream string
	want   []string
}

// Section 1.1: what stops, cuts or loses in go-syslog's octet counting parser.
var octetVectors = []vector{
	{"a frame that is no RFC 5424", oc(p5(j("a"))) + oc("<13>Aug  1 10:51:54 h x") + oc(p5(j("c"))), []string{j("a"), "!no_json", j("c")}},
	{"frame of 8,197 bytes", oc(p5(j(x(8171)))) + oc(p5(j("b"))), []string{j(x(8171)), j("b")}},
	{"frame of 8,198 bytes", oc(p5(j(x(8172)))) + oc(p5(j("b"))), []string{j(x(8172)), j("b")}},
	{"frame of 1 MiB", oc(p5(j("a"))) + oc(p5(j(x(1<<20-26)))) + oc(p5(j("b"))), []string{j("a"), "!oversize", j("b")}},
	{"LF between two frames", oc(p5(j("a"))) + "\n" + oc(p5(j("b"))), []string{j("a"), j("b")}},
	{"NUL between two frames", oc(p5(j("a"))) + "\x00" + oc(p5(j("b"))), []string{j("a"), j("b")}},
	{"CR LF and spaces between two frames", oc(p5(j("a"))) + " \r\n  " + oc(p5(j("b"))), []string{j("a"), j("b")}},
	{"count 1 too small", oc(p5(j("a"))) + ocOff(p5(j("b")), -1) + oc(p5(j("c"))) + oc(p5(j("d"))), []string{j("a"), `{"n":"b"`, "!bad_count", j("c"), j("d")}},
	{"count 1 too small, body with newline", ocOff(p5(j("b"))+"\n", -1) + oc(p5(j("c"))+"\n"), []string{j("b"), j("c")}},
	{"count 1 too big", oc(p5(j("a"))) + ocOff(p5(j("b")), 1) + oc(p5(j("c"))) + oc(p5(j("d"))), []string{j("a"), "!bad_count", j("c"), j("d")}},
	{"count 1 too big, body with newline", ocOff(p5(j("b"))+"\n", 1) + oc(p5(j("c"))+"\n") + oc(p5(j("d"))+"\n"), []string{"!bad_count", j("c"), j("d")}},
	{"frame not starting with <: bare JSON", oc(p5(j("a"))) + oc(j("b")) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"frame not starting with <: bare JSON first", oc(j("b")) + oc(p5(j("c"))), []string{"!bad_count", j("c")}},
	{"frame not starting with <: BOM", oc(p5(j("a"))) + oc(bomText+p5(j("b"))) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"two spaces after the count", oc(p5(j("a"))) + "19  " + p5(j("b")) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"count 0", oc(p5(j("a"))) + "0 " + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"count 0 before a message", oc(p5(j("a"))) + "0 " + p5(j("b")) + "\n" + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"slash in the count", oc(p5(j("a"))) + "19/ " + p5(j("b")) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"leading zero in the count", oc(p5(j("a"))) + "0" + oc(p5(j("b"))) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"count of 23 digits", oc(p5(j("a"))) + "99999999999999999999999 " + p5(j("b")) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"count 2^63", oc(p5(j("a"))) + "9223372036854775808 " + p5(j("b")) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"count 2^64-1", oc(p5(j("a"))) + "18446744073709551615 " + p5(j("b")) + oc(p5(j("c"))), []string{j("a"), "!bad_count", j("c")}},
	{"count of 7 digits above the skip window", "9999999 " + p5(j("b")) + "\n" + oc(p5(j("c"))), []string{"!bad_count", j("c")}},
	{"count that covers the following frames", ocOff(p5(j("a"))+"\n", 500) + strings.Repeat(oc(p5(j("b"))+"\n"), 20), append([]string{"!bad_count"}, slices.Repeat([]string{j("b")}, 20)...)},
	{"count that covers the rest of the stream", ocOff(p5(j("a"))+"\n", 60000) + oc(p5(j("b"))+"\n") + oc(p5(j("c"))+"\n"), []string{"!bad_count", j("b"), j("c")}},
	{"true count, rubbish of digits after the object", oc(p5(j("a")+"5")) + oc(p5(j("b"))) + oc(p5(j("c"))), []string{"!bad_count", "!bad_count", j("c")}},
	{"JSON over several lines in a counted frame", oc(p5("{\n \"n\":\n \"a\"\n}")) + oc(p5(j("b"))), []string{"{\n \"n\":\n \"a\"\n}", j("b")}},
	{"end of the stream in mid-frame", oc(p5(j("a"))) + oc(p5(j("b")))[:20], []string{j("a"), "!partial"}},
	{"end of the stream in mid-count", oc(p5(j("a"))) + "3", []string{j("a"), "!partial"}},
	{"end of the stream before the counted newline", oc(p5(j("a"))) + ocOff(p5(j("b")), 1), []string{j("a"), j("b")}},
}

// Section 1.2: what is swallowed, glued or held back by its newline parser.
var newlineVectors = []vector{
	{"first byte is LF", "\n" + p5(j("a")) + "\n" + p5(j("b")) + "\n", []string{j("a"), j("b")}},
	{"first byte is a space", " " + p5(j("a")) + "\n" + p5(j("b")) + "\n", []string{j("a"), j("b")}},
	{"first bytes are a BOM", bomText + p5(j("a")) + "\n" + p5(j("b")) + "\n", []string{j("a"), j("b")}},
	{"first line is garbage", "garbage\n" + p5(j("a")) + "\n" + p5(j("b")) + "\n", []string{"!bad_header", j("a"), j("b")}},
	{"an empty line", p5(j("a")) + "\n\n" + p5(j("b")) + "\n", []string{j("a"), j("b")}},
	{"a line not starting with <", p5(j("a")) + "\ngarbage\n" + p5(j("b")) + "\n", []string{j("a"), "!bad_header", j("b")}},
	{"JSON over several lines", p5(j("a")) + "\n" + p5("{\n\"n\":1\n}") + "\n" + p5(j("b")) + "\n", []string{j("a"), "{", "!bad_header", "!bad_header", j("b")}},
	{"CRLF", p5(j("a")) + "\r\n" + p5(j("b")) + "\r\n", []string{j("a"), j("b")}},
	{"RFC 3164 lines", bsd(j("a")) + "\n" + bsd(j("b")) + "\n", []string{j("a"), j("b")}},
	{"an octet-counted stream", oc(p5(j("a"))) + oc(p5(j("b"))), []string{j("a"), j("b")}},
	{"both framings in turn", p5(j("a")) + "\n" + oc(p5(j("b"))) + bsd(j("c")) + "\n" + oc(p5(j("d"))+"\n") + p5(j("e")) + "\n", []string{j("a"), j("b"), j("c"), j("d"), j("e")}},
	{"a NUL-terminated stream", p5(j("a")) + "\x00\n" + p5(j("b")) + "\x00\n", []string{j("a"), j("b")}},
	{"last line cut by the end", p5(j("a")) + "\n" + p5(j("b"))[:22], []string{j("a"), "!partial"}},
	{"last line whole but for its newline", p5(j("a")) + "\n" + p5(j("b")), []string{j("a"), j("b")}},
	{"a line that starts with a year", "2018-04 text\n" + p5(j("a")) + "\n", []string{"!bad_count", j("a")}},
	{"a line above the limit", p5(j("a")) + "\n" + p5(j(x(70000))) + "\n" + p5(j("b")) + "\n", []string{j("a"), "!oversize", j("b")}},
	{"the rest of a line above the limit is no new message", p5(j("a")) + "\n<38>" + strings.Repeat(p5(j("no")), 5000) + "\n" + p5(j("b")) + "\n", []string{j("a"), "!oversize", j("b")}},
}

// Section 1.3: BSD lines that its RFC 3164 machine cuts or answers with (nil, nil).
var bsdVectors = []vector{
	{"log4j2's SyslogLayout", bsd(`{"time":"2018-04-28T10:11:12.345","n":"a"}`), []string{`{"time":"2018-04-28T10:11:12.345","n":"a"}`}},
	{"CR LF at the end", bsd(j("a")) + "\r", []string{j("a")}},
	{"NUL at the end", bsd(j("a")) + "\x00", []string{j("a")}},
	{"a tab in the JSON", bsd("{\t\"n\":\t\"a\"}"), []string{"{\t\"n\":\t\"a\"}"}},
	{"a space after the colon", bsd(`{"time": "x", "n": "a"}`), []string{`{"time": "x", "n": "a"}`}},
	{"tag with pid, and ]: in the text", bsd(`tag[12]: {"a":"x]: y"}`), []string{`{"a":"x]: y"}`}},
	{"no host", "<38>Aug  1 10:51:54 " + j("a"), []string{j("a")}},
	{"no host, JSON with a space", `<38>Aug  1 10:51:54 {"a":"b c"}`, []string{`{"a":"b c"}`}},
	{"day 01", "<38>Aug 01 10:51:54 h " + j("a"), []string{j("a")}},
	{"day 1 with one space", "<38>Aug 1 10:51:54 h " + j("a"), []string{j("a")}},
	{"second 60", "<38>Aug  1 10:51:60 h " + j("a"), []string{j("a")}},
	{"hour 24", "<38>Aug  1 24:51:54 h " + j("a"), []string{j("a")}},
	{"month Mai", "<38>Mai  1 10:51:54 h " + j("a"), []string{j("a")}},
	{"RFC 3339 stamp", "<38>2018-08-01T10:51:54+03:00 h " + j("a"), []string{j("a")}},
	{"RFC 3339 stamp with fraction", "<38>2018-08-01T10:51:54.123456+03:00 h " + j("a"), []string{j("a")}},
	{"RFC 5424 given", "<38>1 2018-08-01T10:51:54Z h a - - - " + j("a"), []string{j("a")}},
	{"no PRI", "Aug  1 10:51:54 h " + j("a"), []string{"!bad_header"}},
	{"bare JSON", j("a"), []string{"!bad_header"}},
	{"BOM before PRI", bomText + bsd(j("a")), []string{j("a")}},
	{"empty PRI", "<>Aug  1 10:51:54 h " + j("a"), []string{"!bad_header"}},
	{"PRI 192", "<192>Aug  1 10:51:54 h " + j("a"), []string{"!bad_header"}},
	{"PRI 013", "<013>Aug  1 10:51:54 h " + j("a"), []string{"!bad_header"}},
	{"PRI without end", "<38 " + j("a"), []string{"!bad_header"}},
	{"PRI 0", "<0>Aug  1 10:51:54 h " + j("a"), []string{j("a")}},
	{"PRI 191", "<191>Aug  1 10:51:54 h " + j("a"), []string{j("a")}},
	{"Latin-1", bsd(j("T\xf5rge")), []string{j("T\xf5rge")}},
	{"broken UTF-8", bsd(j("\xff\xc3")), []string{j("\xff\xc3")}},
	{"cut off after the time", "<8>Aug  1 10:51:54", []string{"!no_json"}},
	{"PRI alone", "<38>", []string{"!no_json"}},
	{"braces in the text", bsd(`{"error":"a{b}c: {d"}`), []string{`{"error":"a{b}c: {d"}`}},
}

// Section 1.4: RFC 5424 lines, those it reads rightly and those it bites.
var rfc5424Vectors = []vector{
	{"BOM before the message", p5(bomText + j("a")), []string{j("a")}},
	{"UTF-8", p5(j("Tõrge €")), []string{j("Tõrge €")}},
	{"escapes", p5(`{"n":"a\n\"\\{"}`), []string{`{"n":"a\n\"\\{"}`}},
	{"meta and timeQuality elements", `<13>1 - h a - - [meta sequenceId="1"][timeQuality tzKnown="0"] ` + j("a"), []string{j("a")}},
	{"brace in structured data", `<13>1 - h a - - [x@1 y="{\"no\":1}"] ` + j("a"), []string{j("a")}},
	{"escaped bracket in structured data", `<13>1 - h a - - [x@1 y="\]{\""] ` + j("a"), []string{j("a")}},
	{"duplicate parameter", `<13>1 - h a - - [x@1 y="1" y="2"] ` + j("a"), []string{j("a")}},
	{"nil fields", "<13>1 - - - - - - " + j("a"), []string{j("a")}},
	{"LF, CR LF and NUL at the end", p5(j("a")) + "\r\x00", []string{j("a")}},
	{"zone +0300", "<13>1 2018-04-28T10:11:12.345+0300 h a - - - " + j("a"), []string{j("a")}},
	{"7 fraction digits", "<13>1 2018-04-28T10:11:12.1234567Z h a - - - " + j("a"), []string{j("a")}},
	{"second 60", "<13>1 2018-04-28T10:11:60Z h a - - - " + j("a"), []string{j("a")}},
	{"30 February", "<13>1 2018-02-30T10:11:12Z h a - - - " + j("a"), []string{j("a")}},
	{"one broken UTF-8 byte in the message", p5(j("T\xf5rge")), []string{j("T\xf5rge")}},
	{"version 2", "<13>2 - h a - - - " + j("a"), []string{j("a")}},
	{"version 999", "<13>999 - h a - - - " + j("a"), []string{j("a")}},
	{"version 0", "<13>0 - h a - - - " + j("a"), []string{j("a")}},
	{"app-name of 49", "<13>1 - h " + x(49) + " - - - " + j("a"), []string{j("a")}},
	{"PROCID of 129", "<13>1 - h a " + x(129) + " - - " + j("a"), []string{j("a")}},
	{"structured data without its -", "<13>1 - h a - - " + j("a"), []string{j("a")}},
	{"structured data not closed", `<13>1 - h a - - [x y="1 ` + j("a"), []string{j("a")}},
	{"fields left out", "<13>1 - h " + `{"n":"a b c d e"}`, []string{`{"n":"a b c d e"}`}},
	{"nothing after the version", "<13>1 ", []string{"!no_json"}},
	{"header without message", "<13>1 - h a - - -", []string{"!no_json"}},
	{"message without object", p5("hello"), []string{"!no_json"}},
	{"broken header without object", "<13>1 yesterday h a - - - hello", []string{"!bad_header"}},
	{"a cookie before the object", p5("@cee: " + j("a")), []string{j("a")}},
}

// framed returns the rows of lines between two good neighbours, each line framed by
// frame, which leaves out those for which it returns "".
func framed(lines []vector, frame func(line string) string) []vector {
	var all []vector
	for _, v := range lines {
		if line := frame(v.stream); line != "" {
			want := slices.Concat([]string{j("before")}, v.want, []string{j("after")})
			all = append(all, vector{v.row, bsd(j("before")) + "\n" + line + oc(p5(j("after"))), want})
		}
	}
	return all
}

// A good line that is counted means the same as the line itself.
func TestVectors(t *testing.T) {
	line := func(line string) string { return line + "\n" }
	counted := func(line string) string {
		if line[0] != '<' {
			return "" // counted, it begins no frame: see octetVectors
		}
		return oc(line)
	}
	tables := []struct {
		name    string
		vectors []vector
	}{
		{"octet counting", octetVectors},
		{"newline", newlineVectors},
		{"bsd", framed(bsdVectors, line)},
		{"bsd counted", framed(bsdVectors, counted)},
		{"rfc5424", framed(rfc5424Vectors, line)},
		{"rfc5424 counted", framed(rfc5424Vectors, counted)},
	}
	for _, table := range tables {
		for _, v := range table.vectors {
			for _, split := range splits {
				t.Run(table.name+"/"+v.row+"/"+split.name, func(t *testing.T) {
					got, _ := served(t, split.wrap(strings.NewReader(v.stream)))
					if diff := cmp.Diff(v.want, got); diff != "" {
						t.Errorf("stream %.200q (-want +got):\n%s", v.stream, diff)
					}
				})
			}
		}
	}
}

// A count that lies by any amount harms no frame but its own (package comment).
func TestLyingCounts(t *testing.T) {
	good := []string{j("a"), j("b"), j("c"), j("d")}
	bad := func(payload string) bool { return !slices.Contains(good, payload) }
	for _, end := range []string{"\n", ""} { // the newline is counted, or there is none
		for _, header := range []string{"<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - ", `<13>1 - h a - - [x@1 y="{"] `, "<38>Nov 21 19:29:11 vm "} {
			lie := header + j("lie") + end
			for off := 1 - len(lie); off < 400; off++ {
				if off == 0 {
					continue
				}
				var stream strings.Builder
				for i, payload := range good {
					stream.WriteString(oc(header + payload + end))
					if i == 0 {
						stream.WriteString(ocOff(lie, off))
					}
				}
				got, _ := served(t, strings.NewReader(stream.String()+"\n"))
				if !slices.Equal(slices.DeleteFunc(slices.Clone(got), bad), good) {
					t.Errorf("end %q, %.10q, off by %d: got %q", end, header, off, got)
				}
			}
		}
	}
}

package syslogjson_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/e-gov/tarastat/syslogjson"
)

// seed adds the streams of vectors, without what the target writes before them itself.
func seed(f *testing.F, before string, tables ...[]vector) {
	f.Helper()
	for _, v := range slices.Concat(tables...) {
		if len(v.stream) < 4096 {
			f.Add([]byte(strings.TrimPrefix(v.stream, before)))
		}
	}
}

// Frames are never longer than the limit, whole streams and split ones give the
// same, every stream comes to its end, and what was read before a good frame does
// not keep it back once a newline has passed.
func FuzzReader(f *testing.F) {
	seed(f, "", octetVectors, newlineVectors)
	f.Fuzz(func(t *testing.T, stream []byte) {
		const limit = 64
		whole, err := frames(syslogjson.NewReader(bytes.NewReader(stream), limit))
		if !errors.Is(err, io.EOF) {
			t.Fatalf("ended with %v", err)
		}
		for _, frame := range whole {
			if len(strings.TrimPrefix(frame, "~")) > limit {
				t.Errorf("frame of %d bytes", len(frame))
			}
		}
		if len(whole) > len(stream) {
			t.Errorf("%d frames in %d bytes", len(whole), len(stream))
		}
		for _, split := range splits[1:] {
			got, err := frames(syslogjson.NewReader(split.wrap(bytes.NewReader(stream)), limit))
			if !errors.Is(err, io.EOF) {
				t.Fatalf("%s: ended with %v", split.name, err)
			}
			if diff := cmp.Diff(whole, got); diff != "" {
				t.Errorf("%s (-whole +got):\n%s", split.name, diff)
			}
		}
		stuttered, err := frames(syslogjson.NewReader(iotest.TimeoutReader(bytes.NewReader(stream)), limit))
		if !errors.Is(err, io.EOF) && !errors.Is(err, iotest.ErrTimeout) {
			t.Fatalf("ended with %v", err)
		}
		if len(stuttered) > 0 && len(stuttered) > len(whole)+1 {
			t.Errorf("%d frames before a broken read, %d in all", len(stuttered), len(whole))
		}
	})
}

// What follows a good line is the same whatever stood in the line before it, unless
// that line claimed it by a count.
func FuzzNeighbours(f *testing.F) {
	seed(f, "", bsdVectors, rfc5424Vectors)
	f.Fuzz(func(t *testing.T, line []byte) {
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		trimmed := bytes.TrimLeft(line, "\r\x00 ")
		if len(trimmed) > 0 && '0' <= trimmed[0] && trimmed[0] <= '9' {
			return // a count, or something like it
		}
		good := bsd(j("a"))
		stream := good + "\n" + string(line) + "\n" + good + "\n"
		got, err := frames(syslogjson.NewReader(strings.NewReader(stream), 256))
		if !errors.Is(err, io.EOF) {
			t.Fatalf("ended with %v", err)
		}
		if len(got) < 2 || got[0] != good || got[len(got)-1] != good {
			t.Errorf("%q", got)
		}
	})
}

// checkMessage holds for every message that Parse returns.
func checkMessage(t *testing.T, frame []byte, m *syslogjson.Message) {
	t.Helper()
	if len(m.Payload) == 0 || m.Payload[0] != '{' || !bytes.Contains(frame, m.Payload) {
		t.Errorf("payload %q", m.Payload)
	}
	if bytes.ContainsAny(m.Payload[len(m.Payload)-1:], "\r\n\x00 ") {
		t.Errorf("payload %q is not trimmed", m.Payload)
	}
	if m.Facility > 23 || m.Severity > 7 {
		t.Errorf("priority %v.%v", m.Facility, m.Severity)
	}
	for _, field := range []string{string(m.Timestamp), m.Hostname, m.AppName, m.ProcID, m.MsgID} {
		if field != "" && !bytes.Contains(frame, []byte(field)) {
			t.Errorf("field %q is not in the frame", field)
		}
	}
	if len(m.Hostname) > 255 || len(m.AppName) > 48 || len(m.ProcID) > 128 || len(m.MsgID) > 32 {
		t.Error("a field is too long")
	}
}

func FuzzParseBSD(f *testing.F) {
	seed(f, "<38>", bsdVectors)
	f.Add([]byte("Nov 21 19:29:11 vm tara[1]: {}"))
	f.Fuzz(func(t *testing.T, rest []byte) {
		frame := append([]byte("<38>"), rest...)
		m, err := syslogjson.Parse(frame)
		if err != nil {
			return
		}
		checkMessage(t, frame, m)
		if m.Format == syslogjson.BSD && bytes.IndexByte(frame, '{') != len(bytes.TrimRight(frame, "\r\n\x00 "))-len(m.Payload) {
			t.Errorf("payload %q does not begin at the first brace", m.Payload)
		}
	})
}

func FuzzParse5424(f *testing.F) {
	seed(f, "<13>1 ", rfc5424Vectors)
	f.Fuzz(func(t *testing.T, rest []byte) {
		frame := append([]byte("<13>1 "), rest...)
		m, err := syslogjson.Parse(frame)
		if err == nil {
			checkMessage(t, frame, m)
		}
	})
}

// The fast path takes no header that go-syslog's machine would read otherwise.
func FuzzFastPath(f *testing.F) {
	seed(f, "", rfc5424Vectors, bsdVectors)
	f.Add([]byte("<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - {}"))
	f.Add([]byte("<38>1 2026-12-31T23:59:59.999999+23:59 vm tara 13543 ID - {}\n{}"))
	f.Add([]byte("<38>1 2024-02-29T00:00:00Z vm tara 13543 ID -"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		var fast, slow syslogjson.Message
		errFast := new(syslogjson.Parser).ParseInto(&fast, frame)
		errSlow := syslogjson.SlowParser().ParseInto(&slow, frame)
		switch {
		case errFast == nil && errSlow == nil:
			if diff := cmp.Diff(slow, fast, cmpopts.EquateComparable(syslogjson.Peer{})); diff != "" {
				t.Errorf("(-machine +fast):\n%s", diff)
			}
			if syslogjson.PlainHeader(frame) && !syslogjson.MachineTakes(frame) {
				t.Error("the machine refuses a header that the fast path takes")
			}
		case errFast == nil || errSlow == nil:
			t.Errorf("fast: %v, machine: %v", errFast, errSlow)
		}
	})
}

package syslogjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/syslogjson"
)

// frames reads r to its end: frames as they are, partial ones with "~" before
// them, rejected ones as "!class".
func frames(r *syslogjson.Reader) ([]string, error) {
	var all []string
	for {
		frame, err := r.Next()
		var bad *syslogjson.FrameError
		if errors.As(err, &bad) {
			all = append(all, "!"+string(bad.Class))
			continue
		}
		if err != nil {
			return all, err
		}
		mark := ""
		if r.Partial() {
			mark = "~"
		}
		all = append(all, mark+string(frame))
	}
}

func TestReaderLimit(t *testing.T) {
	const limit = 64
	tests := []struct {
		name, stream string
		want         []string
	}{
		{"line of the limit", "<" + x(limit-1) + "\n<1\n", []string{"<" + x(limit-1), "<1"}},
		{"line one above", "<" + x(limit) + "\n<1\n", []string{"!oversize", "<1"}},
		{"line one above, at the end", "<" + x(limit), []string{"!oversize"}},
		{"line of the limit, at the end", "<" + x(limit-1), []string{"~<" + x(limit-1)}},
		{"counted of the limit", oc("<"+x(limit-1)) + "<1\n", []string{"<" + x(limit-1), "<1"}},
		{"counted one above", oc("<"+x(limit)) + "<1\n", []string{"!oversize", "<1"}},
		{"counted one above, cut by the end", oc("<" + x(limit))[:30], []string{"!oversize"}},
		{"counted of the skip window", oc("<"+x(1<<20-1)) + "<1\n", []string{"!oversize", "<1"}},
		{"count above the skip window is a line", fmt.Sprintf("%d <x\n<1\n", 1<<20+1), []string{"!bad_count", "<1"}},
		{"junk between counts, longer than the limit", oc("<13>{}") + x(10*limit) + oc("<13>{}"), []string{"<13>{}", "!oversize", "<13>{}"}},
		{"digits longer than the limit", strings.Repeat("1", 10*limit) + "\n<1\n", []string{"!oversize", "<1"}},
	}
	for _, tt := range tests {
		for _, split := range splits {
			t.Run(tt.name+"/"+split.name, func(t *testing.T) {
				is := is.New(t)
				got, err := frames(syslogjson.NewReader(split.wrap(strings.NewReader(tt.stream)), limit))
				is.Equal(err, io.EOF)
				is.Equal(cmp.Diff(tt.want, got), "")
			})
		}
	}
}

// Reliability.md 1.1 and 1.2: streams on which go-syslog's parsers grow to hundreds
// of MiB.
func TestReaderMemory(t *testing.T) {
	const size = 64 << 20
	good := "\n" + bsd(j("a")) + "\n" + oc(p5(j("b")))
	tests := []struct {
		name string
		unit string
		want []string
	}{
		{"64 MiB of the digit 1", "1", []string{"!oversize", bsd(j("a")), p5(j("b"))}},
		{"64 MiB without a newline", "x", []string{"!oversize", bsd(j("a")), p5(j("b"))}},
		{"64 MiB of one message", "<13>1 - h ", []string{"!oversize", bsd(j("a")), p5(j("b"))}},
		{"64 MiB of braces", "{", []string{"!oversize", bsd(j("a")), p5(j("b"))}},
		{"64 MiB of stray bytes", "\n\r\x00 ", []string{bsd(j("a")), p5(j("b"))}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			src := endless(tt.unit, size, good)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got, err := frames(syslogjson.NewReader(src, 0))
			runtime.ReadMemStats(&after)
			is.Equal(err, io.EOF)
			is.Equal(cmp.Diff(tt.want, got), "")
			// All that was ever allocated, not only what was live at one moment.
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
				t.Errorf("allocated %d bytes for a stream of %d", grown, size)
			}
		})
	}
}

func TestReaderSkipped(t *testing.T) {
	is := is.New(t)
	line := "<" + x(99) + "\n"
	r := syslogjson.NewReader(strings.NewReader(line+oc("<"+x(199))+"<1\n"), 64)
	got, err := frames(r)
	is.Equal(err, io.EOF)
	is.Equal(got, []string{"!oversize", "!oversize", "<1"})
	is.Equal(r.Skipped(), uint64(len(line)+200)) // all bytes but the count
}

// A deadline in mid-frame loses nothing: the next call goes on.
func TestReaderTimeout(t *testing.T) {
	streams := map[string]string{
		"line":     "<38>abc\n<1\n",
		"counted":  oc("<38>abc") + "<1\n",
		"oversize": "<" + x(100) + "\n<1\n",
		"skip":     oc("<"+x(100)) + "<1\n",
		"junk":     "99x\n<1\n",
		"lie":      ocOff("<38>{}", 1) + oc("<38>{}") + "<1\n",
	}
	for name, stream := range streams {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			want, err := frames(syslogjson.NewReader(strings.NewReader(stream), 64))
			is.Equal(err, io.EOF)
			is.Equal(want[len(want)-1], "<1")
			r := syslogjson.NewReader(&stutter{r: iotest.OneByteReader(strings.NewReader(stream))}, 64)
			var got []string
			for {
				some, err := frames(r)
				got = append(got, some...)
				if errors.Is(err, io.EOF) {
					break
				}
				is.True(errors.Is(err, os.ErrDeadlineExceeded))
			}
			is.Equal(cmp.Diff(want, got), "")
		})
	}
}

func TestReaderSourceError(t *testing.T) {
	is := is.New(t)
	broken := errors.New("cable cut")
	r := syslogjson.NewReader(io.MultiReader(strings.NewReader("<1\n<2"), iotest.ErrReader(broken)), 0)
	got, err := frames(r)
	is.Equal(got, []string{"<1", "~<2"})
	is.Equal(err, broken)
	_, err = r.Next()
	is.Equal(err, broken) // and it stays
}

type emptyReads struct{}

func (emptyReads) Read([]byte) (int, error) { return 0, nil }

func TestReaderNoProgress(t *testing.T) {
	is := is.New(t)
	_, err := syslogjson.NewReader(emptyReads{}, 0).Next()
	is.Equal(err, io.ErrNoProgress)
}

func TestFrameError(t *testing.T) {
	is := is.New(t)
	secret := "38001010000"
	r := syslogjson.NewReader(strings.NewReader("<"+secret+x(10000)+"\n12 "+secret+"\n"), 1000)
	_, err := r.Next()
	is.True(!strings.Contains(err.Error(), secret)) // only the sample has it
	var fe *syslogjson.FrameError
	ok := errors.As(err, &fe)
	is.True(ok)
	is.Equal(fe.Class, syslogjson.ClassOversize)
	is.Equal(len(fe.Prefix), syslogjson.MaxSampleBytes)
	is.True(bytes.Contains(fe.Prefix, []byte(secret)))
	_, err = r.Next()
	ok = errors.As(err, &fe)
	is.True(ok)
	is.Equal(fe.Class, syslogjson.ClassBadCount)
	is.True(!strings.Contains(err.Error(), secret))
}

func TestReaderAllocs(t *testing.T) {
	for _, stream := range []string{bsd(j("a")) + "\n", oc(p5(j("a")) + "\n")} {
		r := syslogjson.NewReader(&loop{data: []byte(stream)}, 0)
		if n := testing.AllocsPerRun(1000, func() {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%q: %v allocations for each frame", stream, n)
		}
	}
}

// A sender cut at each byte of a frame: what was complete is whole, the rest is partial.
func TestReaderCutAnywhere(t *testing.T) {
	for _, frame := range []string{bsd(j("a")) + "\n", oc(p5(j("Tõrge €𝄞")) + "\n")} {
		stream := frame + frame
		for cut := len(frame); cut < len(stream); cut++ {
			got, st := served(t, strings.NewReader(stream[:cut]))
			complete := cut == len(stream)-1 // only the newline is missing
			if want := 1 + map[bool]uint64{true: 1}[complete]; st.Messages != want {
				t.Fatalf("cut at %d of %d: got %q", cut, len(stream), got)
			}
			if cut > len(frame) && !complete && st.Rejected[syslogjson.ClassPartial] != 1 {
				t.Fatalf("cut at %d of %d: rejected %+v", cut, len(stream), st.Rejected)
			}
		}
	}
}

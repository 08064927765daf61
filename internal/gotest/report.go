package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// line is one line of go test -json: "go doc test2json" describes it.
type line struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
}

// A report counts tests and keeps the output of those that have not passed.
type report struct {
	w                       io.Writer
	passed, failed, skipped int
	skips                   []string
	badPackages             int

	// What was said and is not yet known to be uninteresting, in the order of
	// its arrival: by package, which parallel packages need.
	pending map[string][]line
}

func newReport(w io.Writer) *report {
	return &report{w: w, pending: map[string][]line{}}
}

// read takes the output of one go test until it ends.
func (r *report) read(in io.Reader) error {
	br := bufio.NewReader(in)
	for {
		text, err := br.ReadBytes('\n')
		if len(text) > 0 {
			r.add(text)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) add(text []byte) {
	var l line
	if json.Unmarshal(text, &l) != nil {
		_, _ = r.w.Write(text) // not test2json's: go's own words
		return
	}
	switch l.Action {
	case "output":
		r.pending[l.Package] = append(r.pending[l.Package], l)
	case "build-output":
		fmt.Fprint(r.w, l.Output)
	case "pass", "fail", "skip":
		if l.Test == "" {
			r.endPackage(l)
		} else {
			r.endTest(l)
		}
	}
}

func (r *report) endTest(l line) {
	switch l.Action {
	case "pass":
		r.passed++
		r.forget(l)
	case "skip":
		r.skipped++
		r.skips = append(r.skips, l.Package+" "+l.Test)
	case "fail":
		r.failed++
	}
}

// forget drops the output of a test that passed.
func (r *report) forget(l line) {
	kept := r.pending[l.Package][:0]
	for _, p := range r.pending[l.Package] {
		if p.Test != l.Test {
			kept = append(kept, p)
		}
	}
	r.pending[l.Package] = kept
}

// endPackage shows what a failed package said; of another its last line only.
func (r *report) endPackage(l line) {
	said := r.pending[l.Package]
	delete(r.pending, l.Package)
	if l.Action == "fail" {
		r.badPackages++
	}
	for _, p := range said {
		summary := p.Test == "" && (strings.HasPrefix(p.Output, "ok ") || strings.HasPrefix(p.Output, "? "))
		if l.Action == "fail" || summary {
			fmt.Fprint(r.w, p.Output)
		}
	}
}

// finish shows what never came to an end, and the count.
func (r *report) finish(noSkip bool) {
	for name := range r.pending {
		r.endPackage(line{Action: "fail", Package: name})
	}
	for _, s := range r.skips {
		fmt.Fprintln(r.w, "skipped:", s)
	}
	if noSkip && r.skipped > 0 {
		fmt.Fprintln(r.w, "CI=true: a skipped test is a failure")
	}
	failed := r.failed
	if failed == 0 {
		failed = r.badPackages // a package that did not build, or ended outside a test
	}
	fmt.Fprintf(r.w, "%d passed, %d failed, %d skipped\n", r.passed, failed, r.skipped)
}

// ok reports whether something was tested and nothing failed.
func (r *report) ok(noSkip bool) bool {
	return r.passed > 0 && r.failed == 0 && r.badPackages == 0 && (!noSkip || r.skipped == 0)
}

package syslogjson_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/e-gov/tarastat/syslogjson"
)

// A count that lies by any amount harms no frame but its own (package comment).
func TestLyingCounts(t *testing.T) {
	ends := map[string]string{"newline counted": "\n", "nothing": ""}
	for name, end := range ends {
		for _, header := range []string{"<38>1 2026-11-21T19:29:15.048Z vm tara 13543 - - ", `<13>1 - h a - - [x@1 y="{"] `, "<38>Nov 21 19:29:11 vm "} {
			frame := func(n string) string { return header + j(n) + end }
			lie := frame("lie")
			for off := 1 - len(lie); off < 400; off++ {
				if off == 0 {
					continue
				}
				stream := oc(frame("a")) + ocOff(lie, off) + oc(frame("b")) + oc(frame("c")) + oc(frame("d")) + "\n"
				got, _ := served(t, strings.NewReader(stream))
				var good []string
				for _, p := range got {
					if slices.Contains([]string{j("a"), j("b"), j("c"), j("d")}, p) {
						good = append(good, p)
					}
				}
				if len(good) != 4 {
					t.Errorf("%s, %.10q, off by %d: got %q", name, header, off, got)
				}
			}
		}
	}
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

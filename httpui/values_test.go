package httpui_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// hostile are names that somebody might send.
var hostile = []string{
	`<img src=x onerror=alert(1)>`,
	`"><script>alert(1)</script>`,
	`=cmd|' /C calc'!A0`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`{{.}}`,
	strings.Repeat("pikk", 50),
	"öäüõšž €",
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// atoi reads a number as a page writes it.
func atoi(t testing.TB, text string) int64 {
	t.Helper()
	text = strings.NewReplacer("\u00a0", "", ",", "", "−", "-").Replace(text)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%q is no number", text)
	}
	return n
}

func escape(s string) string { return url.QueryEscape(s) }

// clientAddress is the page of a client application.
func clientAddress(id string) string { return "/kliendid/" + url.PathEscape(id) }

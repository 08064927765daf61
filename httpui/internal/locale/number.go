package locale

import (
	"math"
	"strconv"
	"strings"
)

// minus is the sign U+2212, which is as wide as a plus and is read aloud.
const minus = "−"

// Int writes an integer in groups of three digits: 1 234 567 in Estonian, with
// no-break spaces, and 1,234,567 in English.
func (l *Locale) Int(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = minus, digits[1:]
	}
	return sign + l.grouped(digits)
}

func (l *Locale) grouped(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	b := make([]byte, 0, len(digits)+(len(digits)-1)/3*len(l.form.group))
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, l.form.group...)
		}
		b = append(b, digits[i])
	}
	return string(b)
}

// Decimal writes a number with that many decimals. What is not a finite number
// is written as a dash.
func (l *Locale) Decimal(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction := text, ""
	if decimals > 0 {
		at := len(text) - decimals - 1
		whole, fraction = text[:at], l.form.decimal+text[at+1:]
	}
	sign := ""
	if v < 0 && shows(text) {
		sign = minus
	}
	return sign + l.grouped(whole) + fraction
}

// shows reports whether a written number shows anything but zeros.
func shows(text string) bool { return strings.ContainsAny(text, "123456789") }

// Percent writes a share from 0 to 1 with one decimal: 94,7%. Only a share
// that is exactly nothing or everything is written as 0% or 100%; what would
// be rounded to them is written as <0,1% and >99,9%.
func (l *Locale) Percent(share float64) string {
	switch p := 100 * share; {
	case share == 0:
		return "0%"
	case share == 1:
		return "100%"
	case p > 0 && p < 0.05:
		return "<" + l.Decimal(0.1, 1) + "%"
	case p < 100 && p >= 99.95:
		return ">" + l.Decimal(99.9, 1) + "%"
	default:
		return l.Decimal(p, 1) + "%"
	}
}

// Change writes a relative change with its sign, 0.031 as +3,1% and -0.031 as
// −3,1%. A change of 100% and more has no decimals.
func (l *Locale) Change(ratio float64) string {
	decimals := 1
	if math.Abs(ratio) >= 1 {
		decimals = 0
	}
	return l.signed(100*ratio, decimals) + "%"
}

// Points writes the difference of two shares in percentage points: 0.004 as
// +0,4 pp, with a no-break space.
func (l *Locale) Points(difference float64) string {
	return l.signed(100*difference, 1) + "\u00a0pp"
}

func (l *Locale) signed(v float64, decimals int) string {
	text := l.Decimal(v, decimals)
	if v > 0 && shows(text) {
		return "+" + text
	}
	return text
}

// Short writes an integer in as few letters as an axis has room for, with at
// most two decimals: 2 mln, 1,25 mln, 200 tuh. Under ten thousand it is written
// in full.
func (l *Locale) Short(n int64) string {
	size := math.Abs(float64(n))
	for _, unit := range []struct {
		key  string
		from float64 // the least number that is written in the unit
		one  float64
	}{{"short.billion", 1e9, 1e9}, {"short.million", 1e6, 1e6}, {"short.thousand", 1e4, 1e3}} {
		if size >= unit.from {
			return l.T(unit.key, l.trimmed(float64(n)/unit.one))
		}
	}
	return l.Int(n)
}

// trimmed writes a number with two decimals less their zeros.
func (l *Locale) trimmed(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(l.Decimal(v, 2), "0"), l.form.decimal)
}

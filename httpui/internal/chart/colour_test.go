package chart_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui/internal/chart"
)

var property = regexp.MustCompile(`--chart-([a-z0-9-]+): (?:var\(--ground, )?(#[0-9a-f]+)`)

// colours returns the properties that a part of the style sheet sets.
func colours(css string) map[string]string {
	set := make(map[string]string)
	for _, m := range property.FindAllStringSubmatch(css, -1) {
		set[m[1]] = m[2]
	}
	return set
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	is := is.New(t)
	digits := strings.TrimPrefix(hex, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 24)
	is.NoErr(err)
	var sum float64
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		v := float64(n>>(8*i)&0xff) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursHaveEnoughContrastInBothSchemes(t *testing.T) {
	is := is.New(t)
	light, rest, ok := strings.Cut(chart.CSS(), "@media screen and (prefers-color-scheme: dark)")
	is.True(ok)
	dark, _, ok := strings.Cut(rest, "\n}")
	is.True(ok)
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		c := colours(css)
		is.Equal(len(c), 18) // every colour is set in both schemes
		for name, least := range map[string]float64{
			"text": 4.5, "line": 4.5, "axis": 3, // WCAG 2.2, 1.4.3 and 1.4.11
			"1": 3, "2": 3, "3": 3, "4": 3, "5": 3, "6": 3, "shade-5": 4.5,
		} {
			if got := contrast(t, c[name], c["surface"]); got < least {
				t.Errorf("%s: --chart-%s has %.2f:1 against the surface, want %.1f:1", scheme, name, got, least)
			}
		}
		if got := contrast(t, c["text"], c["gap"]); got < 4.5 {
			t.Errorf("%s: text on a gap has %.2f:1", scheme, got)
		}
		for i := range chart.Shades {
			a, b := "shade-"+strconv.Itoa(i), "shade-"+strconv.Itoa(i+1)
			if got := contrast(t, c[a], c[b]); got < 1.25 {
				t.Errorf("%s: %s and %s differ by %.2f:1 only", scheme, a, b, got)
			}
		}
	}
}

package syslogjson

// How a piece of the stream fits a pattern.
type match uint8

const (
	matchNone match = iota
	matchPart       // fits as far as it goes
	matchFull
)

const maxCountDigits = 7

// parseCount matches b with "[1-9][0-9]{0,6} <". It returns the count and the
// length of count and space.
func parseCount(b []byte) (n, head int, m match) {
	if b[0] < '1' || b[0] > '9' {
		return 0, 0, matchNone
	}
	i := 0
	for i < len(b) && i < maxCountDigits && isDigit(b[i]) {
		n = n*10 + int(b[i]-'0')
		i++
	}
	if i < len(b) && b[i] != ' ' {
		return 0, 0, matchNone
	}
	if i+1 >= len(b) {
		return 0, 0, matchPart
	}
	if b[i+1] != '<' {
		return 0, 0, matchNone
	}
	return n, i + 1, matchFull
}

// matchPri matches the beginning of b with "<[0-9]{1,3}>".
func matchPri(b []byte) match {
	if len(b) == 0 {
		return matchPart
	}
	if b[0] != '<' {
		return matchNone
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '>' && i > 1:
			return matchFull
		case !isDigit(b[i]) || i > 3:
			return matchNone
		}
	}
	return matchPart
}

// matchStart matches b with the beginning of a frame of either framing, up to and
// with its priority.
func matchStart(b []byte) match {
	if b[0] == '<' {
		return matchPri(b)
	}
	_, head, m := parseCount(b)
	if m != matchFull {
		return m
	}
	return matchPri(b[head:])
}

// countBefore returns where the count begins that ends with a space before b[at],
// or -1.
func countBefore(b []byte, at int) int {
	i := at - 1
	if i < 0 || b[i] != ' ' {
		return -1
	}
	for i > 0 && isDigit(b[i-1]) {
		i--
	}
	if n := at - 1 - i; n == 0 || n > maxCountDigits || b[i] == '0' {
		return -1
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

package locale

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// message is one text of the catalogue, taken apart at its placeholders.
type message struct {
	one, other []part // one is nil for a text of a single form
}

// part is plain text, or the argument of that number where text is empty.
type part struct {
	text string
	arg  int
}

// UnmarshalJSON reads a text or a pair of forms.
func (m *message) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		m.other = parts(text)
		return nil
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(data, &forms); err != nil {
		return err
	}
	if forms.One == "" || forms.Other == "" {
		return errors.New("two forms need both one and other")
	}
	m.one, m.other = parts(forms.One), parts(forms.Other)
	return nil
}

// parts cuts a text at its placeholders. A brace that begins no placeholder is
// plain text.
func parts(text string) []part {
	var list []part
	for {
		i := placeholder(text)
		if i < 0 {
			if text != "" || list == nil {
				list = append(list, part{text: text})
			}
			return list
		}
		if i > 0 {
			list = append(list, part{text: text[:i]})
		}
		list = append(list, part{arg: int(text[i+1] - '0')})
		text = text[i+len("{0}"):]
	}
}

// placeholder finds the first "{digit}" in s, or returns -1.
func placeholder(s string) int {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '{' && s[i+1] >= '0' && s[i+1] <= '9' && s[i+2] == '}' {
			return i
		}
	}
	return -1
}

func (m message) format(l *Locale, args []any) string {
	chosen := m.other
	if m.one != nil && len(args) > 0 {
		if n, ok := integer(args[0]); ok && n == 1 {
			chosen = m.one
		}
	}
	if len(chosen) == 1 && chosen[0].text != "" {
		return chosen[0].text
	}
	var b strings.Builder
	for _, p := range chosen {
		switch {
		case p.text != "":
			b.WriteString(p.text)
		case p.arg < len(args):
			b.WriteString(l.value(args[p.arg]))
		default:
			fmt.Fprintf(&b, "{%d}", p.arg)
		}
	}
	return b.String()
}

func (l *Locale) value(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if n, ok := integer(v); ok {
		return l.Int(n)
	}
	return fmt.Sprint(v)
}

// integer returns the value of a plain integer. A named type with a String
// method, such as a civil day, is none.
func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case fmt.Stringer:
		return 0, false
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(r.Uint()), true //nolint:gosec // counts stay far below 2^63
	}
	return 0, false
}

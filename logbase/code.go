package logbase

import (
	"errors"
	"fmt"

	"github.com/e-gov/tarastat/event"
)

// Lang is a language that people read: [Estonian] or [English].
type Lang string

// The languages of the user interface, as BCP 47 tags.
const (
	Estonian Lang = "et"
	English  Lang = "en"
)

// Code is an error code of the specification (section 3.2). People see the
// code and a fixed sentence; the cause goes to the log.
type Code int

// The error codes. CodeBadPeriod is ours; the others are the specification's.
const (
	CodeUnreachable  Code = iota + 1 // ERR-01: no connection to the log base
	CodeReadFailed                   // ERR-02: a read failed
	CodeMalformed                    // ERR-03: a malformed record
	CodeRefused                      // ERR-04: the log base refused our credentials
	CodeWriteFailed                  // ERR-05: a write failed
	CodeDeleteFailed                 // ERR-06: a deletion failed
	CodeBadPeriod                    // ERR-07: a wrong period
)

// Codes lists every code in order.
func Codes() []Code {
	return []Code{CodeUnreachable, CodeReadFailed, CodeMalformed, CodeRefused, CodeWriteFailed, CodeDeleteFailed, CodeBadPeriod}
}

// String gives the code as people know it, such as "ERR-03".
func (c Code) String() string { return fmt.Sprintf("ERR-%02d", int(c)) }

// MarshalText is [Code.String].
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads one of [Codes].
func (c *Code) UnmarshalText(text []byte) error {
	for _, known := range Codes() {
		if known.String() == string(text) {
			*c = known
			return nil
		}
	}
	return fmt.Errorf("logbase: unknown error code %q", text)
}

// Text is the fixed sentence people see. An unknown language gets Estonian;
// an unknown code gets "".
func (c Code) Text(lang Lang) string { return c.in(lang).text }

// Advice says what to check, for whoever has to mend it.
func (c Code) Advice(lang Lang) string { return c.in(lang).advice }

func (c Code) in(lang Lang) sentences {
	if lang != English {
		lang = Estonian
	}
	return texts[c][lang]
}

// sentences are what people read of a code in one language.
type sentences struct{ text, advice string }

var texts = map[Code]map[Lang]sentences{
	CodeUnreachable: {
		Estonian: {
			"Logibaasiga ühendumine ebaõnnestus",
			"Kontrolli, kas logibaas töötab ja kas TARA-Stat on selle poole õigesti seadistatud.",
		},
		English: {
			"Connecting to the log base failed",
			"Check that the log base runs and that TARA-Stat is configured to reach it.",
		},
	},
	CodeReadFailed: {
		Estonian: {"Viga logibaasist lugemisel", "Kontrolli, kas logibaas töötab, ja proovi uuesti."},
		English:  {"Reading from the log base failed", "Check that the log base runs, then try again."},
	},
	CodeMalformed: {
		Estonian: {"Valesti moodustatud logikirje", "Kontrolli logikirjete saatmist TARA-Serveris."},
		English:  {"Malformed log record", "Check how TARA-Server sends its log records."},
	},
	CodeRefused: {
		Estonian: {"Logibaasi poole pöörduja autentimine ebaõnnestus", "Kontrolli logibaasi kasutajanime ja salasõna."},
		English:  {"The log base refused our credentials", "Check the user name and password for the log base."},
	},
	CodeWriteFailed: {
		Estonian: {"Kirjutamine logibaasi ebaõnnestus", "Kontrolli kettamahtu ja kirjutamisõigusi."},
		English:  {"Writing to the log base failed", "Check free disk space and write permissions."},
	},
	CodeDeleteFailed: {
		Estonian: {"Kustutamine ebaõnnestus", "Pöördu rakenduse halduri poole."},
		English:  {"Deletion failed", "Ask the administrator of the application."},
	},
	CodeBadPeriod: {
		Estonian: {"Vigane perioodi muster", "Kirjuta periood näiteks kujul 2018, 2018-04 või 2018-04-01/2018-06-30."},
		English:  {"Wrong period", "Write a period such as 2018, 2018-04 or 2018-04-01/2018-06-30."},
	},
}

// CodeError is a failure with the code people are to see. Stores return it, so
// that whoever answers a request knows which sentence to show.
type CodeError struct {
	Code Code
	Err  error // the cause, for the log only
}

// Error gives the code and the cause, if there is one. It is meant for logs.
func (e *CodeError) Error() string {
	if e.Err == nil {
		return e.Code.String()
	}
	return e.Code.String() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *CodeError) Unwrap() error { return e.Err }

// WithCode wraps err with c. It returns nil for a nil err, and leaves an err
// that already carries a code as it is: the code given nearest to the cause is
// the right one.
func WithCode(c Code, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := CodeOf(err); ok {
		return err
	}
	return &CodeError{Code: c, Err: err}
}

// CodeOf finds the code that err carries. A malformed record has [CodeMalformed].
func CodeOf(err error) (Code, bool) {
	var ce *CodeError
	if errors.As(err, &ce) {
		return ce.Code, true
	}
	if errors.Is(err, event.ErrInvalid) {
		return CodeMalformed, true
	}
	return 0, false
}

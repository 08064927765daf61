package mongostore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/mongostore"
)

func TestRedact(t *testing.T) {
	tests := map[string]struct{ uri, want string }{
		"nothing to hide":     {"mongodb://localhost:27017", "mongodb://localhost:27017"},
		"password":            {"mongodb://u:secret@h/db", "mongodb://u:***@h/db"},
		"escaped":             {"mongodb://u:s%40cret@h", "mongodb://u:***@h"},
		"unescaped at sign":   {"mongodb://u:s@cret@h", "mongodb://u:***@h"},
		"unescaped slash":     {"mongodb://u:s/c?r@h", "mongodb://u:***@h"},
		"no scheme":           {"u:secret@h", "u:***@h"},
		"user alone":          {"mongodb://u@h", "mongodb://u:***@h"},
		"password first":      {"mongodb://se/cret@h", "mongodb://:***@h"},
		"srv":                 {"mongodb+srv://u:secret@h/?w=1", "mongodb+srv://u:***@h/?w=1"},
		"key file password":   {"mongodb://h/?tlsCertificateKeyFilePassword=secret&w=1", "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1"},
		"mechanism's session": {"mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:secret", "mongodb://h/?authMechanismProperties=***"},
		"@ forgotten":         {"mongodb://u:secret/h:27017", "mongodb://u:***/h:27017"},
		"IPv6":                {"mongodb://[::1]:27017,h:1/db", "mongodb://[::1]:27017,h:1/db"},
		"empty":               {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			is.New(t).Equal(mongostore.Redact(tt.uri), tt.want)
		})
	}
}

// TestScrub: no spelling of a secret stands in an error's text, and the cause
// can still be told.
func TestScrub(t *testing.T) {
	is := is.New(t)
	const uri = "mongodb://u:s%40cret%20x@h/?tlsCertificateKeyFilePassword=k%2Fey"
	cause := fmt.Errorf("bad s%%40cret%%20x or s@cret x, k%%2Fey or k/ey: %w", context.DeadlineExceeded)
	err := mongostore.Scrub(cause, mongostore.Secrets(uri))
	for _, secret := range []string{"cret", "k%2Fey", "k/ey"} {
		is.True(!strings.Contains(err.Error(), secret)) // the text holds no secret
	}
	is.True(errors.Is(err, context.DeadlineExceeded))
	is.True(errors.Unwrap(err) == nil) // nobody can print the cause
	other := errors.New("other")
	is.Equal(mongostore.Scrub(other, mongostore.Secrets(uri)), other)
}

// TestOpenTellsNoPassword: whatever is wrong with a URI, its password is in no
// error.
func TestOpenTellsNoPassword(t *testing.T) {
	for _, uri := range []string{
		"mongodb://rakendus:pa55word@127.0.0.1:1/logibaas",
		"mongodb://rakendus:pa55word@127.0.0.1:port/logibaas",
		"mongodb://rakendus:pa55word@x@127.0.0.1:1/logibaas",
		"mongodb://rakendus:pa55word/127.0.0.1:1/logibaas",
		"mongodb://rakendus:pa55word%zz@127.0.0.1:1/logibaas",
		"mongodb://rakendus:pa55word@127.0.0.1:1/logi baas?w=x&w=",
		"mongodb://127.0.0.1:1/?tlsCertificateKeyFilePassword=pa55word&tlsCertificateKeyFile=/nowhere",
		"mongodb+srv://rakendus:pa55word@nowhere.invalid/logibaas",
		"rakendus:pa55word@127.0.0.1",
	} {
		t.Run(mongostore.Redact(uri), func(t *testing.T) {
			is := is.New(t)
			_, err := mongostore.Open(t.Context(), uri, mongostore.Options{Timeout: 1e8, Required: true})
			is.True(err != nil)
			for e := err; e != nil; e = errors.Unwrap(e) {
				is.True(!strings.Contains(fmt.Sprintf("%v %+v", e, e), "pa55word"))
			}
		})
	}
}

func FuzzRedact(f *testing.F) {
	for _, uri := range []string{"mongodb://u:p@h/d?a=b", "mongodb://h", "u:p@h@i", "?password=x", "://@", "mongodb://u:%zz@h"} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		redacted := mongostore.Redact(uri)
		if again := mongostore.Redact(redacted); again != redacted {
			t.Errorf("%q is redacted to %q, and that to %q", uri, redacted, again)
		}
	})
}

package locale

import (
	"bytes"
	"strings"

	"golang.org/x/text/collate"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/report"
)

// Method is the name of an authentication method as people know it: ID-kaart
// for idcard. A method that is not known is shown under its own name.
func (l *Locale) Method(name string) string { return l.named("method.", name) }

// Bank is the name of a bank. One that is not known is shown as it came.
func (l *Locale) Bank(code string) string { return l.named("bank.", code) }

// Country is the name of a country by the code that eIDAS uses, which is ISO
// 3166-1 with EL for Greece. One that is not known is shown as it came.
func (l *Locale) Country(code string) string { return l.named("country.", code) }

func (l *Locale) named(prefix, name string) string {
	if key := prefix + name; l.Has(key) {
		return l.T(key)
	}
	return name
}

// Reason says in words why a record was rejected. It takes a class of package
// event or syslogjson, or [event.FieldError.Reason]. One that is not known is
// shown as it came.
func (l *Locale) Reason(reason string) string {
	if field, ok := strings.CutPrefix(reason, string(event.ClassWrongType)+"_"); ok {
		return l.T("class.wrong_type_of", field)
	}
	return l.named("class.", reason)
}

// Compare returns the order in which the language sorts names, for
// [slices.SortFunc]: s š z ž t u v w õ ä ö ü x y in Estonian, numbers within
// names by value. The function is for one goroutine and one list: it keeps
// what it has worked out for each name.
func (l *Locale) Compare() func(a, b string) int {
	var (
		c    = collate.New(l.tag, collate.Numeric)
		buf  collate.Buffer
		keys = make(map[string][]byte)
	)
	key := func(s string) []byte {
		k, ok := keys[s]
		if !ok {
			k = c.KeyFromString(&buf, s)
			keys[s] = k
		}
		return k
	}
	return func(a, b string) int { return bytes.Compare(key(a), key(b)) }
}

// Fault says in words what an error code of an event means, or "" for one that
// is not known. Error texts are free: these are the exception messages of
// TARA-Server as [event.Event.ErrorCode] cuts them, and result codes of the
// Mobile-ID and Smart-ID services and of eIDAS.
func (l *Locale) Fault(code string) string {
	switch code {
	case "USER_CANCEL", "USER_CANCELLED", "USER_REFUSED", "User refused authentication",
		"User cancelled operation from his/her phone.":
		return l.T("fault.userCancelled")
	case "TIMEOUT", "SESSION_TIMEOUT", "EXPIRED_TRANSACTION", "Authentication session timed out",
		"User didn't enter PIN code or communication error.":
		return l.T("fault.timeout")
	case "WRONG_VC":
		return l.T("fault.wrongCode")
	case "CONSENT_DENIED":
		return l.T("fault.noConsent")
	case "NOT_MID_CLIENT", "User is not a MID client or user's certificates are revoked.":
		return l.T("fault.notClient")
	case "HTTP 404", "HTTP 471", "HTTP 472":
		return l.T("fault.noAccount")
	case "DOCUMENT_UNUSABLE", "User document is unusable":
		return l.T("fault.unusable")
	case "PHONE_ABSENT", "Unable to reach phone/SIM card. User needs to check if phone has":
		return l.T("fault.phoneAbsent")
	case "SIM_ERROR", "DELIVERY_ERROR", "Error communicating with the SIM card.",
		"Error communicating with the phone/SIM card.":
		return l.T("fault.phone")
	case "CERTIFICATE_REVOKED", "Invalid certificate status <REVOKED> received":
		return l.T("fault.certificateRevoked")
	case "CERTIFICATE_EXPIRED", "User certificate is expired":
		return l.T("fault.certificateExpired")
	case "User certificate is not yet valid":
		return l.T("fault.certificateEarly")
	case "NO_CERTIFICATE", "Unable to find certificate from session":
		return l.T("fault.certificateMissing")
	case "OCSP_UNAVAILABLE", "OCSP validation failed", "Invalid certificate status <UNKNOWN> received":
		return l.T("fault.ocsp")
	case "NODE_UNAVAILABLE", "HTTP 580", "MID service returned internal error that cannot be handled local":
		return l.T("fault.service")
	case "SIGNATURE_HASH_MISMATCH", "HTTP 480", "Integrator-side error with MID integration or configuration":
		return l.T("fault.setup")
	case "INVALID_SIGNATURE":
		return l.T("fault.signature")
	case "INTERNAL_ERROR":
		return l.T("fault.internal")
	}
	return ""
}

// NoChange says why a report gives no change, or "" when it gives them.
func (l *Locale) NoChange(s *report.Scope) string {
	switch s.NoChange {
	case report.Fair:
		return ""
	case report.NotAsked:
		return l.T("common.none")
	case report.Unbounded:
		return l.T("period.noComparisonOpen")
	case report.NotBegun:
		return l.T("period.noComparisonNotBegun")
	case report.BeforeData:
		return l.T("period.noComparisonBefore")
	case report.UnknownCoverage:
		return l.T("common.unknown")
	}
	const most = 3 // days named; more would not be read
	var days []string
	for i, g := range s.Gaps {
		if i == most {
			days = append(days, "…")
			break
		}
		days = append(days, l.DayRange(g.First, g.Last))
	}
	return l.T("period.noComparisonGap", strings.Join(days, ", "))
}

package traffic

import (
	"fmt"

	"github.com/e-gov/tarastat/event"
)

// client is one application that people log in to.
type client struct {
	name    string
	share   float64 // of all logins
	failing float64 // share of its logins that fail
	banks   bool    // offers bank links
	from    float64 // years before the end when it appeared; 0: always there
	until   float64 // years before the end when it fell silent; 0: still there
}

func (c client) weight(age float64) float64 {
	if c.from > 0 && age > c.from || c.until > 0 && age < c.until {
		return 0
	}
	return c.share
}

var cast = []client{
	{name: "maksuportaal", share: 22, failing: 0.05, banks: true},
	{name: "terviseportaal", share: 19, failing: 0.06},
	{name: "riigiportaal", share: 15, failing: 0.05, banks: true},
	{name: "ariregister", share: 8, failing: 0.05},
	{name: "kinnistusportaal", share: 6, failing: 0.06},
	{name: "liiklusregister", share: 6, failing: 0.07, banks: true},
	{name: "ehitusregister", share: 4, failing: 0.06},
	{name: "openIdDemo", share: 3, failing: 0.30, banks: true},
	{name: "haridusportaal", share: 3, failing: 0.05},
	{name: "tootukassa-iseteenindus", share: 3, failing: 0.06, banks: true},
	{name: "politsei-iseteenindus", share: 3, failing: 0.05},
	{name: "pensioniportaal", share: 2, failing: 0.09},
	{name: "tallinn-teenused", share: 2, failing: 0.06},
	{name: "tartu-teenused", share: 1.2, failing: 0.06},
	{name: "raamatukogu", share: 0.8, failing: 0.05, banks: true},
	{name: "keskkonnaportaal", share: 0.6, failing: 0.08},
	{name: "metsaregister", share: 0.4, failing: 0.07},
	{name: "loomaregister", share: 0.3, failing: 0.10},
	{name: "kalaportaal", share: 0.1, failing: 0.12},
	{name: "vana-toetuste-portaal", share: 0.8, failing: 0.15, banks: true, until: 0.3},
	{name: "uus-toetuste-portaal", share: 1.4, failing: 0.08, from: 0.25},
	{name: "rahvaloendus", share: 5, failing: 0.06, from: 0.45, until: 0.35},
}

func minor(i int) client {
	return client{
		name:    fmt.Sprintf("asutus-%03d", i+1),
		share:   2 / float64(i+10),
		failing: 0.03 + 0.1*float64(i%7)/7,
		banks:   i%9 == 0,
	}
}

var (
	banks         = []string{"SWEDBANK", "SEB", "LHV", "LUMINOR", "COOP", "DANSKE"}
	bankShares    = []float64{46, 27, 12, 9, 5, 1}
	countries     = []string{"LV", "FI", "LT", "DE", "SE", "PL", "BE", "IT", "ES"}
	countryShares = []float64{30, 25, 14, 9, 7, 6, 4, 3, 2}
)

// The rhythm: by hour of the day, by weekday from Sunday on, by month.
var (
	hours   = [24]float64{1.0, .6, .4, .3, .3, .5, 1.2, 3, 6.5, 8.5, 9, 8.6, 7.6, 7.8, 7.9, 7.5, 6.6, 5.6, 5, 4.8, 4.6, 4, 2.8, 1.8}
	weekday = [7]float64{0.42, 1.1, 1.08, 1.04, 1.02, 0.92, 0.4}
	season  = [12]float64{1.05, 1.35, 1.2, 1.05, 1, .85, .7, .85, 1.05, 1.05, 1.1, 1}
)

// The texts of failures by method, most frequent first.
var (
	failures = map[string][]string{
		event.MethodSmartID: {
			"USER_REFUSED: User pressed cancel in app",
			"SESSION_TIMEOUT: No confirmation code was entered in time",
			"WRONG_VC: User chose the wrong verification code",
		},
		event.MethodMobileID: {
			"USER_CANCEL: User cancelled the operation",
			"PHONE_ABSENT: SIM is not reachable",
			"EXPIRED_TRANSACTION: Authentication has expired",
		},
		event.MethodIDCard: {
			"CERTIFICATE_REVOKED: Certificate is revoked",
			"NO_CERTIFICATE: No certificate was selected",
			"OCSP_UNAVAILABLE: OCSP responder did not answer {status=503}",
		},
		event.MethodEIDAS:    {"CONSENT_DENIED: Consent was not given", "NODE_UNAVAILABLE: Connector service is down"},
		event.MethodBankLink: {"INTERNAL_ERROR", "INVALID_SIGNATURE: Bank response signature does not verify"},
		"":                   {"INTERNAL_ERROR"},
	}
	failureShares = []float64{6, 3, 1}
)

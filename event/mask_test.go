package event_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
)

// planted is personal data and secrets as they may stand in a payload: the
// text, and what of it must not be seen again.
var planted = map[string]struct{ text, secret string }{
	"identity code":             {"isikukood 38001085718", "38001085718"},
	"code with its country":     {"PNOEE-38001085718", "38001085718"},
	"code of eIDAS":             {"EE/FI/38001085718", "38001085718"},
	"code between letters":      {"x38001085718x", "38001085718"},
	"Latvian code":              {"040404-10003", "10003"},
	"code behind a code":        {"123456-38001085718", "001085718"},
	"code behind an address":    {"10.1.2.38001085718", "01085718"},
	"longer number":             {"EE123456789012345678", "123456789012"},
	"telephone":                 {"+3725551234", "5551234"},
	"IPv4":                      {"from 193.40.5.1: refused", "193.40"},
	"IPv4 with port":            {"/193.40.5.1:8443", "193.40"},
	"IPv4 behind a word":        {"ip193.40.5.1x", "193.40"},
	"IPv6":                      {"2001:7d0:8000::1", "7d0"},
	"IPv6 in brackets":          {"[2001:7d0:8000::1]:443", "7d0"},
	"IPv6, full":                {"2001:07d0:0000:0000:0000:0000:0000:0001", "07d0"},
	"IPv6 behind a colon":       {"addr:2001:7d0::1", "7d0"},
	"IPv6 before a colon":       {"connect 2001:7d0::1: refused", "7d0"},
	"IPv6 with a zone":          {"fe80::7d0%eth0", "7d0"},
	"IPv6 of a network":         {"2001:7d0::", "7d0"},
	"IPv6 of letters":           {"dead:beef::cafe", "beef"},
	"IPv4 in IPv6":              {"::ffff:193.40.5.1", "193.40"},
	"loopback":                  {"::1 is it", "::1"},
	"MAC address":               {"52:54:00:12:34:56", "12:34"},
	"e-mail":                    {"Mari.Maasikas@example.ee", "Maasikas"},
	"password":                  {"password=hunter2", "hunter2"},
	"password, other case":      {"PASSWORD = hunter2", "hunter2"},
	"password of a property":    {"keystore.password: hunter2", "hunter2"},
	"password with a comma":     {"pwd=hunter,2x&y=1", "2x"},
	"passphrase":                {"passphrase: hunter2", "hunter2"},
	"Estonian password":         {"Salasõna: hunter2", "hunter2"},
	"Estonian, upper case":      {"SALASÕNA=hunter2", "hunter2"},
	"Estonian, without marks":   {"salasona=hunter2", "hunter2"},
	"another Estonian password": {"parool='hunter 2'", "2'"},
	"password with a space":     {`"password" : "hunt er2"`, "er2"},
	"password, escaped":         {`{\"password\":\"hunter2\"}`, "hunter2"},
	"password without an end":   {`"password":"hunt er2`, "er2"},
	"client secret":             {"client_secret=hunter2", "hunter2"},
	"API key":                   {"X-API-Key: hunter2", "hunter2"},
	"bearer":                    {"Authorization: Bearer abc.def", "abc"},
	"basic":                     {"authorization: basic dXNlcjpw", "dXNlcjpw"},
	"URL":                       {"mongodb://stat:hunter2@logibaas:27017", "hunter2"},
	"URL with a slash in it":    {"mongodb://stat:hun/ter2@logibaas", "ter2"},
	"URL with an at in it":      {"mongodb://stat:hun@ter2@logibaas", "ter2"},
	"JDBC":                      {"jdbc:oracle:thin:stat/hunter2@cafe", "hunter2"},
	"session":                   {"JSESSIONID 0123456789ABCDEF0123456789ABCDEF", "ABCDEF"},
	"token of base64":           {"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.x", "eyJhbGci"},
	"UUID":                      {"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "9dad"},
}

func TestMaskText(t *testing.T) {
	for name, tt := range planted {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.True(strings.Contains(tt.text, tt.secret)) // else nothing is tested
			for _, text := range []string{tt.text, "TORGE: õ " + tt.text + " ja veel 🙂", "(" + tt.text + ")"} {
				got := event.MaskText(text)
				if strings.Contains(got, tt.secret) {
					t.Errorf("%q: left %q", text, got)
				}
				is.True(strings.Contains(got, "***"))
			}
		})
	}
}

func TestMaskTextKeeps(t *testing.T) {
	is := is.New(t)
	is.Equal(event.MaskText(`Isikut 38001085718 ei leitud (10.1.2.3)`), `Isikut *** ei leitud (***)`)
	is.Equal(event.MaskText(`{"password":"hunter2","code":5}`), `{"password":***,"code":5}`)
	is.Equal(event.MaskText("Authorization: Bearer abc.def was refused"), "Authorization: Bearer *** was refused")
	is.Equal(event.MaskText("mongodb://stat:hunter2@logibaas:27017/x"), "mongodb://***@logibaas:27017/x")
	is.Equal(event.MaskText("[2001:7d0::1]:443 refused"), "[***]:443 refused")
	for _, text := range []string{
		"",
		"INTERNAL_ERROR",
		"NOT_FOUND: Isikut ei leitud, proovi uuesti",
		"REQUIRED_INTERACTION_NOT_SUPPORTED_BY_APP", // Smart-ID
		"USER_REFUSED_CONFIRMATIONMESSAGE_WITH_VC_CHOICE",
		"ee.ria.sso.authentication.TaraAuthenticationServiceUnavailableException: x",
		"java.net.SocketTimeoutException: Read timed out",
		"java.lang.Object@6d06d69c",
		"Tõrge: € 𝄞 {\"a\":[1,2]}]: :: ::",
		"at 2018-04-28T10:51:12.345+03:00 after 30000 ms (10 of 12)",
		"10:51:12:345",
		"NOT_FOUND::Text", "std::decay", "A::b",
		"version 2.19.0",
		"20180428",          // eight digits
		"12345678 12345678", // nor joined over a space
		"/opt/tomcat/webapps/tara/WEB/classes/views",
		"the password was wrong",
		"monkey: banana",
		"@", "a @ b", "@Override",
	} {
		is.Equal(cmp.Diff(text, event.MaskText(text)), "")
	}
}

// TestPlantedInError follows the planted data through the parser.
func TestPlantedInError(t *testing.T) {
	for name, tt := range planted {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			payload := event.AppendJSON(nil, spec(event.OpFailure, "CODE: "+tt.text))
			var p event.Parser
			e, notes, err := p.Parse(payload)
			is.NoErr(err)
			is.True(!strings.Contains(e.Error, tt.secret))
			is.True(notes&event.NoteErrorMasked != 0)
			is.Equal(e.ErrorCode(), "CODE")

			// Unknown members are dropped.
			e, err = event.Parse([]byte(strings.Replace(specStart, "{", fmt.Sprintf(`{"user":%q,"x":{"bank":[%[1]q]},`, tt.text), 1)))
			is.NoErr(err)
			is.Equal(cmp.Diff(spec(event.OpStart, ""), e), "")
		})
	}
}

func TestMask(t *testing.T) {
	for name, tt := range map[string]struct{ payload, want string }{
		"empty":           {"", ""},
		"no JSON":         {"Hello, World 5!", "Xxxxx, Xxxxx #!"},
		"kept members":    {with(), with()},
		"unknown members": {`{"time":"x","user":"Mari Õun","age":5}`, `{"time":"x","xxxx":"Xxxx Xxx","xxx":#}`},
		"error text":      {`{"error":"Mari 5","bank":"SEB"}`, `{"error":"Xxxx #","bank":"SEB"}`},
		"third example of the specification": {
			specError, strings.Replace(specError, "INTERNAL_ERROR", "XXXXXXXX_XXXXX", 1),
		},
		"value that is not harmless": {`{"clientId":"Mari Maasikas"}`, `{"clientId":"Xxxx Xxxxxxxx"}`},
		"value too long":             {`{"clientId":"` + strings.Repeat("a", 41) + `"}`, `{"clientId":"` + strings.Repeat("x", 41) + `"}`},
		"value that is an address":   {`{"clientId":"10.1.2.3"}`, `{"clientId":"***"}`},
		"identity code as a client":  {`{"clientId":"EE38001085718"}`, `{"clientId":"EE***"}`},
		"identity code as a number":  {`{"clientId":38001085718}`, `{"clientId":###########}`},
		"array for a value":          {`{"bank":["Mari"]}`, `{"bank":["Xxxx"]}`},
		"object for a value":         {`{"bank":{"x":"Mari"}}`, `{"bank":{"x":"Xxxx"}}`},
		"name as a value":            {`{"x":"bank","Mari":"Mari"}`, `{"x":"bank","Xxxx":"Xxxx"}`},
		"cut value":                  {`{"clientId":"Mari`, `{"clientId":"Xxxx`},
		"cut name":                   {`{"clientId":"a","met`, `{"clientId":"a","xxx`},
		"escaped quote":              {`{"clientId":"a\"bank\":\"Mari"}`, `{"clientId":"x\"xxxx\":\"Xxxx"}`},
		"escapes of letters":         {`{"clientId":"\u004dari"}`, `{"clientId":"\x###xxxx"}`},
		"control characters":         {"a\x00\r\n\x1b[31m\x7f\u0085\u202e\u2028", "x....[##x...."},
		"broken UTF-8":               {"a\xff\xc3(", "x..("},
		"other scripts":              {"Ωλ日本ß٣", "Xxxxx#"},
		"at the limit":               {strings.Repeat("a", event.MaxSampleBytes), strings.Repeat("x", event.MaxSampleBytes)},
		"over the limit":             {strings.Repeat("a", event.MaxSampleBytes+1), strings.Repeat("x", event.MaxSampleBytes) + "…"},
		"rune at the limit":          {strings.Repeat("a", event.MaxSampleBytes-1) + "õ", strings.Repeat("x", event.MaxSampleBytes-1) + ".…"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			payload := []byte(tt.payload)
			is.Equal(cmp.Diff(strings.ReplaceAll(tt.want, "\n", "."), event.Mask(payload)), "")
			is.Equal(string(payload), tt.payload)
		})
	}
}

// TestPlantedInMask plants what identifies somebody in every place of a payload
// that is refused: as text, as values and names, known and unknown.
func TestPlantedInMask(t *testing.T) {
	payloads := map[string]string{
		"bare":            `%s`,
		"unknown member":  `{"user":"%s","operation":"HACK"}`,
		"unknown, nested": `{"user":{"name":["%s"]},"operation":"HACK"}`,
		"name":            `{"%s":"x"}`,
		"error":           `{"time":"2018-04-28","operation":"ERROR","error":"%s"}`,
		"error, cut":      `{"time":"2018-04-28","operation":"ERROR","error":"CODE: %s`,
		"without quotes":  `{"clientId":%s}`,
		"array":           `{"clientId":["%s"]}`,
		"password":        `{"password":"%s"}`,
		"clientId":        `{"clientId":"%s"}`,
		"clientId, cut":   `{"clientId":"%s`,
		"behind quotes":   `{"a\"":"%s","time":"%[1]s"}`,
	}
	for name, tt := range planted {
		for where, format := range payloads {
			t.Run(name+" in "+where, func(t *testing.T) {
				got := event.Mask(fmt.Appendf(nil, format, tt.text))
				if strings.Contains(got, tt.secret) {
					t.Errorf("left in %q", got)
				}
				checkMasked(t, got)
			})
		}
	}
}

// checkMasked holds s to what must be true of every sample.
func checkMasked(t *testing.T, s string) {
	t.Helper()
	run := 0
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			t.Errorf("%q holds %q", s, r)
		}
		if run++; !unicode.IsDigit(r) {
			run = 0
		}
		if run >= 11 {
			t.Errorf("%q holds eleven digits", s)
		}
	}
	if !utf8.ValidString(s) {
		t.Errorf("%q is not UTF-8", s)
	}
	if len(s) > 2*event.MaxSampleBytes {
		t.Errorf("%q is %d bytes long", s, len(s))
	}
}

package event_test

import (
	"encoding/json"
	"testing"

	"github.com/e-gov/tarastat/event"
)

// BenchmarkParse measures what every record costs, and beside it what
// encoding/json takes for the same bytes without any check.
func BenchmarkParse(b *testing.B) {
	payloads := []struct{ name, payload string }{
		{"plain", `{"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo","method":"banklink","bank":"SEB","operation":"START_AUTH"}`},
		{"escapes", `{"time":"2018-04-28T10:11:12.345","clientId":"n\u00e4idis\/\"demo\"","method":"idcard","operation":"SUCCESSFUL_AUTH","ocsp":"http:\/\/demo.sk.ee\/ocsp"}`},
		{"error", `{"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo","method":"mID","operation":"ERROR","error":"NOT_FOUND: Isikut {\"a\":1} ei leitud, proovi uuesti"}`},
		{"masked", `{"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo","method":"mID","operation":"ERROR","error":"User 38001085718 at 10.1.2.3 failed"}`},
	}
	var p event.Parser
	for _, tt := range payloads {
		payload := []byte(tt.payload)
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(payload)))
			for b.Loop() {
				if _, _, err := p.Parse(payload); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(tt.name+"/encoding_json", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(payload)))
			for b.Loop() {
				var v struct{ Time, ClientID, Method, Bank, Country, Operation, Error string }
				if err := json.Unmarshal(payload, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseTime(b *testing.B) {
	loc := event.DefaultLocation()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := event.ParseTime("2018-04-28T10:11:12.345", loc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	payload := []byte(`{"time":"2018-04-28T10:11:12","clientId":"a","user":"Mari Maasikas","code":38001085718,"operation":"HACK"}`)
	b.ReportAllocs()
	for b.Loop() {
		event.Mask(payload)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	e := event.Event{
		TimeText: "2018-04-28T10:11:12.345", ClientID: "openIdDemo", Method: event.MethodBankLink,
		Bank: "SEB", Operation: event.OpStart,
	}
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		line = event.AppendJSON(line[:0], e)
	}
}

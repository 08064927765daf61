package event_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/e-gov/tarastat/event"
)

func ExampleParse() {
	e, err := event.Parse([]byte(`{"time":"2018-04-28T10:11:12.345","clientId":"openIdDemo",` +
		`"method":"banklink","bank":"SEB","operation":"ERROR","error":"NO_SESSION: {expired}"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Time)
	fmt.Println(e.ClientID, e.Method, e.Bank, e.Operation)
	fmt.Println(e.ErrorCode())

	_, err = event.Parse([]byte(`{"time":"2018-04-28","clientId":"openIdDemo","method":"banklink","operation":"START_AUTH"}`))
	fmt.Println(err, errors.Is(err, event.ErrInvalid))
	// Output:
	// 2018-04-28 10:11:12.345 +0300 EEST
	// openIdDemo banklink SEB ERROR
	// NO_SESSION
	// missing_bank: bank true
}

func ExampleParser_Parse() {
	p := event.Parser{Location: time.UTC, MaxFieldBytes: 256}
	e, notes, err := p.Parse([]byte(`{"time":"2018-04-28T10:51","clientId":"a","clientId":"b",` +
		`"method":"bioID","operation":"ERROR","error":"Isikut 38001085718 ei leitud"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Time.Format(time.RFC3339), e.ClientID)
	fmt.Println(e.Error)
	fmt.Println(notes.Names())
	// Output:
	// 2018-04-28T10:51:00Z b
	// Isikut *** ei leitud
	// [duplicate_key error_masked unknown_method]
}

func ExampleParseTime() {
	for _, text := range []string{"2018-04-28", "2018-04-28T10:51", "2018-04-28T10:51:12.5Z", "2018-02-30"} {
		t, err := event.ParseTime(text, event.DefaultLocation())
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(t.Format(time.RFC3339Nano))
	}
	// Output:
	// 2018-04-28T00:00:00+03:00
	// 2018-04-28T10:51:00+03:00
	// 2018-04-28T10:51:12.5Z
	// event: not an ISO 8601 date with an optional time of day
}

func ExampleMask() {
	fmt.Println(event.Mask([]byte(`{"time":"2018-04-28","clientId":"openIdDemo","user":"Mari Maasikas","code":38001085718,}`)))
	// Output:
	// {"time":"2018-04-28","clientId":"openIdDemo","xxxx":"Xxxx Xxxxxxxx","xxxx":###########,}
}

func ExampleMaskText() {
	fmt.Println(event.MaskText("NOT_FOUND: Isikut 38001085718 ei leitud, päring aadressilt 193.40.5.1"))
	// Output:
	// NOT_FOUND: Isikut *** ei leitud, päring aadressilt ***
}

func ExampleEvent_Validate() {
	e := event.Event{
		Time:      time.Date(2018, 4, 28, 10, 11, 12, 0, time.UTC),
		TimeText:  "2018-04-28T10:11:12Z",
		ClientID:  "openIdDemo",
		Method:    event.MethodBankLink,
		Operation: event.OpStart,
	}
	fmt.Println(e.Validate())
	e.Bank = "SEB"
	fmt.Println(e.Validate())
	// Output:
	// missing_bank: bank
	// <nil>
}

func ExampleTimeNotes() {
	now := time.Date(2018, 4, 28, 12, 0, 0, 0, time.UTC)
	fmt.Println(event.TimeNotes(now.AddDate(1, 0, 0), now).Names())
	// Output:
	// [time_future]
}

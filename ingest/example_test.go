package ingest_test

import (
	"context"
	"fmt"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/ingest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

// printer is the least that takes records.
type printer struct{}

func (printer) IDs(context.Context) (logbase.IDs, error) { return logbase.IDs{}, nil }

func (printer) Sums(context.Context, aggregate.Query) ([]aggregate.Row, error) { return nil, nil }

func (printer) Append(_ context.Context, batch []logbase.Record) error {
	for _, r := range batch {
		fmt.Println(r.ClientID, r.Method, r.Operation)
	}
	return nil
}

func ExampleNew() {
	in := ingest.New(printer{}, ingest.Options{})
	srv := &syslogjson.Server{Handler: in, OnReject: in.OnReject}
	_ = srv // serve with it; here one message is handed over directly

	ctx := context.Background()
	payload := `{"time":"2018-04-28","clientId":"openIdDemo","method":"idcard","operation":"START_AUTH"}`
	if err := in.HandleSyslog(ctx, &syslogjson.Message{Payload: []byte(payload)}); err != nil {
		fmt.Println(err)
	}
	if err := in.HandleSyslog(ctx, &syslogjson.Message{Payload: []byte(`{"time":"2018-04-28"}`)}); err != nil {
		fmt.Println(err)
	}
	if err := in.Close(ctx); err != nil { // writes what waits
		fmt.Println(err)
	}
	s := in.Stats()
	fmt.Println(s.Received, "received,", s.Stored, "stored,", s.Rejected, "refused")
	// Output:
	// missing_clientId: clientId
	// openIdDemo idcard START_AUTH
	// 2 received, 1 stored, 1 refused
}
